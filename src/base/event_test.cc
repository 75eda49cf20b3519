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

}  // namespace
}  // namespace hikyaku::event
