// SPDX-License-Identifier: Apache-2.0
// Goal: what a client takes apart again is the message, with CRLF line ends, however it was cut;
// TOP gives the header and as many lines as asked.
#include "protocol/pop3/message_writer.h"

#include <gtest/gtest.h>

namespace hikyaku::pop3 {
namespace {

std::string written(std::string_view message, std::optional<std::uint32_t> lines, std::size_t cut) {
  MessageWriter writer(lines);
  std::string out;
  writer.write(message.substr(0, cut), out);
  writer.write(message.substr(cut), out);
  writer.finish(out);
  return out;
}

struct Case {
  const char* message;
  const char* wire;
  std::optional<std::uint32_t> lines = std::nullopt;
};

TEST(MessageWriter, EveryCut) {
  const Case cases[] = {
      {"", ".\r\n"},
      {"a\r\n", "a\r\n.\r\n"},
      {"a", "a\r\n.\r\n"},
      {"a\r", "a\r\n.\r\n"},
      {"a\nb\n", "a\r\nb\r\n.\r\n"},
      {".\r\n", "..\r\n.\r\n"},
      {"..a\r\n.\n", "...a\r\n..\r\n.\r\n"},
      {"a.b\r\n", "a.b\r\n.\r\n"},
      {"a\rb\r\n", "a\rb\r\n.\r\n"},
      {"a\r.b\r\n", "a\r.b\r\n.\r\n"},
      {"a\r\r\n", "a\r\r\n.\r\n"},
      {"\r\n\r\n", "\r\n\r\n.\r\n"},
      // TOP
      {"H: 1\r\n\r\n1\r\n2\r\n", "H: 1\r\n\r\n.\r\n", 0},
      {"H: 1\r\n\r\n1\r\n2\r\n", "H: 1\r\n\r\n1\r\n.\r\n", 1},
      {"H: 1\r\n\r\n1\r\n2\r\n", "H: 1\r\n\r\n1\r\n2\r\n.\r\n", 2},
      {"H: 1\r\n\r\n1\r\n2\r\n", "H: 1\r\n\r\n1\r\n2\r\n.\r\n", 3},
      {"H: 1\n\n\n\n", "H: 1\r\n\r\n\r\n.\r\n", 1},
      {"H: 1\r\n", "H: 1\r\n.\r\n", 0},
      {"\r\nbody\r\n", "\r\n.\r\n", 0},
      {"H\r\n\r\r\n\r\nb\r\n", "H\r\n\r\r\n\r\n.\r\n", 0},  // a CR is not an empty line
  };
  for (const Case& c : cases) {
    const std::string_view message = c.message;
    for (std::size_t cut = 0; cut <= message.size(); ++cut) {
      EXPECT_EQ(written(message, c.lines, cut), c.wire) << c.message << " cut at " << cut;
    }
  }
}

TEST(MessageWriter, SaysWhenTopIsDone) {
  MessageWriter writer(1);
  std::string out;
  writer.write("H: 1\r\n\r\n1\r", out);
  EXPECT_FALSE(writer.done());
  writer.write("\n2\r\n", out);
  EXPECT_TRUE(writer.done());
}

}  // namespace
}  // namespace hikyaku::pop3
