// SPDX-License-Identifier: Apache-2.0
// Goal: fields are counted in the header only, in any case and chunking.
#include "service/intake/header_watch.h"

#include <gtest/gtest.h>

namespace hikyaku::intake {
namespace {

struct Case {
  std::string_view message;
  std::size_t received, from;
};

const Case kCases[] = {
    {"", 0, 0},
    {"Received: a\r\n", 1, 0},
    {"Received: a", 0, 0},  // no line end: nothing that could loop
    {"Received: a\r\nRECEIVED : b\r\nreceived:\r\n", 3, 0},
    {"Received: a\r\n\r\nReceived: b\r\n", 1, 0},
    {"Received: a\n\nReceived: b\n", 1, 0},
    {"Received: a\r\n Received: folded\r\n\tReceived: folded\r\n", 1, 0},
    {"Received-SPF: pass\r\nX-Received: a\r\nReceive: b\r\n", 0, 0},
    {"From: a\r\nfrom: b\r\nResent-From: c\r\nFrom d Mon Jan 1\r\n", 0, 2},
    {"\r\nReceived: a\r\nFrom: b\r\n", 0, 0},
    {"X: long line that is more than sixteen octets Received: a\r\nFrom: b\r\n\r\n", 0, 1},
    {"Received: a\r\n\r \r\nFrom: b\r\n", 1, 1},  // a line of CR and space is no end
    {"Received: a\r\n\r\r\nFrom: b\r\n", 1, 1},   // nor one of two CR
    {"From                    : a\r\nReceived \t                : b\r\n", 1, 1},
    {"From                    a: b\r\nReceivedd: c\r\nFrom\r: d\r\n: e\r\n :f\r\n", 0, 0},
};

TEST(HeaderWatch, CountsAtOnce) {
  for (const auto& [message, received, from] : kCases) {
    HeaderWatch watch;
    watch.push(message);
    EXPECT_EQ(watch.received_fields(), received) << message;
    EXPECT_EQ(watch.from_fields(), from) << message;
  }
}

TEST(HeaderWatch, CountsTheSameCutAnywhere) {
  for (const auto& [message, received, from] : kCases) {
    for (std::size_t cut = 0; cut <= message.size(); ++cut) {
      HeaderWatch watch;
      watch.push(message.substr(0, cut));
      watch.push(message.substr(cut));
      EXPECT_EQ(watch.received_fields(), received) << message << " cut at " << cut;
      EXPECT_EQ(watch.from_fields(), from) << message << " cut at " << cut;
    }
    HeaderWatch watch;
    for (const char c : message) watch.push({&c, 1});
    EXPECT_EQ(watch.received_fields(), received) << message;
  }
}

}  // namespace
}  // namespace hikyaku::intake
