// SPDX-License-Identifier: Apache-2.0
// Goal: a line is well-formed in both formats, and a value from a peer can not forge a line or a
// field.
#include "base/event.h"

#include <gtest/gtest.h>

#include "base/event_keys.h"

namespace hikyaku::event {
namespace {

TEST(Event, WritesLogfmt) {
  EXPECT_EQ(render(Format::kLogfmt, Level::kInfo, "smtp.connected",
                   {{key::kClient, "192.0.2.1"}, {key::kPort, 25}}),
            "level=info event=smtp.connected client=192.0.2.1 port=25");
}

TEST(Event, WritesJson) {
  EXPECT_EQ(render(Format::kJson, Level::kWarn, "a.b", {{key::kTls, true}, {key::kFrom, "x\"y"}}),
            R"({"level":"warn","event":"a.b","tls":true,"from":"x\"y"})");
}

TEST(Event, EscapesWhatAPeerSent) {
  EXPECT_EQ(render(Format::kLogfmt, Level::kInfo, "e", {{key::kHelo, "a\r\nlevel=error"}}),
            R"(level=info event=e helo="a\u000d\u000alevel=error")");
}

TEST(Event, IsUtf8WhateverAPeerSent) {
  struct Case {
    std::string_view sent;
    std::string_view written;
  };
  constexpr Case kCases[] = {
      {"\xe9", R"(\ufffd)"},                                // Latin-1
      {"a\x80\xffz", R"(a\ufffd\ufffdz)"},                  // octets of no lead
      {"\xc0\xaf", R"(\ufffd\ufffd)"},                      // a longer form than needed
      {"\xe0\x9f\xbf", R"(\ufffd\ufffd\ufffd)"},            // the same of three
      {"\xed\xa0\x80", R"(\ufffd\ufffd\ufffd)"},            // a surrogate
      {"\xf4\x90\x80\x80", R"(\ufffd\ufffd\ufffd\ufffd)"},  // beyond U+10FFFF
      {"\xf0\x8f\xbf\xbf", R"(\ufffd\ufffd\ufffd\ufffd)"},
      {"\xe3\x81", R"(\ufffd\ufffd)"},  // cut
      {"\xc2\x9b[2J", R"(\u009b[2J)"},  // CSI: what clears a terminal
      {"\xc2\xa0 \xed\x9f\xbf", "\xc2\xa0 \xed\x9f\xbf"},
      {"\xf0\x90\x80\x80 \xf4\x8f\xbf\xbf", "\xf0\x90\x80\x80 \xf4\x8f\xbf\xbf"},
  };
  for (const auto& [sent, written] : kCases) {
    const auto quoted = '"' + std::string(written) + '"';
    EXPECT_EQ(render(Format::kJson, Level::kInfo, "e", {{key::kHelo, sent}}),
              R"({"level":"info","event":"e","helo":)" + quoted + "}");
    EXPECT_EQ(render(Format::kLogfmt, Level::kInfo, "e", {{key::kHelo, sent}}),
              "level=info event=e helo=" + quoted);
  }
  EXPECT_EQ(render(Format::kLogfmt, Level::kInfo, "e", {{key::kFrom, "名@例.jp"}}),
            "level=info event=e from=名@例.jp");
}

}  // namespace
}  // namespace hikyaku::event
