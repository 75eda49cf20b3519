// SPDX-License-Identifier: Apache-2.0
// Goal: what is a reply is read the same however it is cut, and what is none is refused.
#include "protocol/smtp/reply_reader.h"

#include <gtest/gtest.h>

namespace hikyaku::smtp {
namespace {

using namespace std::string_view_literals;

/// All replies of the input, or the error.
std::string read_all(std::string_view input, std::size_t chunk) {
  ReplyReader reader;
  std::string out;
  for (std::size_t i = 0; i < input.size(); i += chunk) {
    std::string_view piece = input.substr(i, chunk);
    while (!piece.empty()) {
      auto reply = reader.next(piece);
      if (!reply) return out + "error: " + reply.error().text;
      if (*reply) out += (*reply)->one_line() + "\n";
    }
  }
  return out;
}

TEST(ReplyReader, Reads) {
  const std::pair<std::string_view, std::string_view> kCases[] = {
      {"250 ok\r\n", "250 ok\n"},
      {"250\r\n", "250\n"},
      {"250 \r\n", "250\n"},
      {"250-first\r\n250-second\r\n250 third\r\n", "250 first second third\n"},
      {"550-5.1.1 a\r\n550 5.1.1 b\r\n", "550 5.1.1 a b\n"},
      {"550 4.1.1 other class\r\n", "550 4.1.1 other class\n"},
      {"220 a\r\n221 b\r\n", "220 a\n221 b\n"},
      {"250 2.1.0\r\n", "250 2.1.0\n"},
      {"250 2.1.0x\r\n", "250 2.1.0x\n"},
      {"250", ""},
      {"", ""},
  };
  for (const auto& [input, expected] : kCases) {
    for (std::size_t chunk = 1; chunk <= input.size() + 1; ++chunk) {
      EXPECT_EQ(read_all(input, chunk), expected) << input << " by " << chunk;
    }
  }
}

TEST(ReplyReader, Refuses) {
  const std::string_view kCases[] = {
      "hello\r\n",      "\r\n",       "25\r\n",       "250x\r\n",       "650 x\r\n",
      "150 x\r\n",      "250 bare\n", "250 a\rb\r\n", "250 a\0b\r\n"sv, "250-a\r\n251 b\r\n",
      "250-a\r\nb\r\n", " 250 a\r\n", "2 50 a\r\n",
  };
  for (const auto input : kCases) {
    for (std::size_t chunk = 1; chunk <= input.size(); ++chunk) {
      EXPECT_NE(read_all(input, chunk).find("error: "), std::string::npos) << input;
    }
  }
}

TEST(ReplyReader, IsBounded) {
  const auto fails = [](const std::string& input) {
    return read_all(input, 100).find("error: ") != std::string::npos;
  };
  EXPECT_TRUE(fails("250 " + std::string(3000, 'x')));
  EXPECT_FALSE(fails("250 " + std::string(1000, 'x') + "\r\n"));
  std::string lines;
  for (int i = 0; i < 300; ++i) lines += "250-x\r\n";
  EXPECT_TRUE(fails(lines));
}

TEST(ReplyReader, TellsTheEnhancedStatus) {
  std::string_view in = "550 5.7.26 not aligned\r\n";
  ReplyReader reader;
  const auto reply = reader.next(in);
  ASSERT_TRUE(reply && *reply);
  EXPECT_EQ((*reply)->enhanced, (EnhancedStatus{5, 7, 26}));
  EXPECT_EQ((*reply)->text, "not aligned");
}

}  // namespace
}  // namespace hikyaku::smtp
