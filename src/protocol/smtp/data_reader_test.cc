// SPDX-License-Identifier: Apache-2.0
// Goal: what the stuffer writes the reader reads back, cut anywhere; nothing behind the end is
// touched. (smuggling_test.cc has what must not be an end.)
#include "protocol/smtp/data_reader.h"

#include <gtest/gtest.h>

#include "protocol/smtp/dot_stuffer.h"
#include "protocol/smtp/octet_scan.h"

namespace hikyaku::smtp {
namespace {

struct Read {
  std::string text;
  std::string rest;
  bool ended = false;
};

Read read(std::string_view input, std::size_t chunk) {
  DataReader reader(BareCr::kKeep, 1000);
  Read out;
  for (std::size_t i = 0; i < input.size(); i += chunk) {
    std::string_view piece = input.substr(i, chunk);
    for (;;) {
      const auto step = reader.read(piece);
      if (step == DataReader::Step::kNeedMore) break;
      if (step == DataReader::Step::kEnd) {
        out.ended = true;
        out.rest =
            std::string(piece) + std::string(input.substr(std::min(i + chunk, input.size())));
        EXPECT_EQ(reader.octets(), out.text.size());
        EXPECT_EQ(reader.fault(), DataReader::Fault::kNone);
        return out;
      }
      out.text += reader.chunk();
    }
  }
  return out;
}

const std::string_view kTexts[] = {
    "",
    "\r\n",
    ".\r\n",
    "..\r\n",
    ".a\r\n.b\r\n...\r\n",
    "a\r\n",
    "a\r\n.\r\n\r\n.",
    "Subject: x\r\n\r\nbody\r\n.\r\n..\r\n",
    "no line end",
    "a\r\n\r\n\r\n",
};

TEST(DataReader, ReadsWhatTheStufferWrites) {
  for (const std::string_view text : kTexts) {
    DotStuffer stuffer;
    std::string wire;
    stuffer.write(text, wire);
    stuffer.finish(wire);
    wire += "QUIT\r\n";
    std::string whole(text);
    if (!whole.empty() && !whole.ends_with("\r\n")) whole += "\r\n";
    for (std::size_t chunk = 1; chunk <= wire.size(); ++chunk) {
      const Read got = read(wire, chunk);
      EXPECT_TRUE(got.ended) << text;
      EXPECT_EQ(got.text, whole) << chunk;
      EXPECT_EQ(got.rest, "QUIT\r\n");
    }
  }
}

TEST(DotStuffer, SameOutputInAnyPieces) {
  const std::string_view kInputs[] = {"a\nb\n.\nc", "a\rb\r.\r\r\n\r", "\r", "\n", "\r\n", ".\r",
                                      "..\n.",      "a\r\n.b\r\n.\r\n"};
  for (const std::string_view input : kInputs) {
    std::string whole;
    DotStuffer one;
    one.write(input, whole);
    one.finish(whole);
    for (std::size_t cut = 0; cut <= input.size(); ++cut) {
      std::string pieces;
      DotStuffer two;
      two.write(input.substr(0, cut), pieces);
      two.write(input.substr(cut), pieces);
      two.finish(pieces);
      EXPECT_EQ(pieces, whole) << input << " at " << cut;
    }
  }
  std::string out;
  DotStuffer stuffer;
  stuffer.write("a\rb\nc\r\n.d", out);
  stuffer.finish(out);
  EXPECT_EQ(out, "a\r\nb\r\nc\r\n..d\r\n.\r\n");
}

TEST(FindSpecial, FindsEachAtEachPlace) {
  for (const char special : {'\r', '\n', '\0'}) {
    for (std::size_t size = 0; size < 70; ++size) {
      std::string text(size, 'x');
      EXPECT_EQ(find_special(text.data(), text.data() + size), text.data() + size);
      for (std::size_t i = 0; i < size; ++i) {
        text[i] = special;
        EXPECT_EQ(find_special(text.data(), text.data() + size), text.data() + i);
        text[i] = '\x0b';
      }
    }
  }
}

}  // namespace
}  // namespace hikyaku::smtp
