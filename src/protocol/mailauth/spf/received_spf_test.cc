// SPDX-License-Identifier: Apache-2.0
// Goal: Received-SPF has the form of RFC 7208 §9.1, and nothing that a peer says can break it.
#include "protocol/mailauth/spf/received_spf.h"

#include <gtest/gtest.h>

namespace hikyaku::spf {
namespace {

Request request() {
  Request out;
  out.client = *Ip::parse("192.0.2.1");
  out.helo = "foo.example.com";
  out.local_part = "myname";
  out.domain = "example.com";
  out.receiver = "mybox.example.org";
  return out;
}

TEST(ReceivedSpf, OfAPass) {
  Result result;
  result.verdict = Verdict::kPass;
  result.domain = "example.com";
  result.matched = {{"example.com", "include:x.example"}, {"x.example", "ip4:192.0.2.1"}};
  EXPECT_EQ(received_spf(request(), result),
            "Received-SPF: pass\r\n"
            "\t(mybox.example.org: domain of myname@example.com designates 192.0.2.1 as permitted "
            "sender)\r\n"
            "\tclient-ip=192.0.2.1;\r\n"
            "\tenvelope-from=\"myname@example.com\";\r\n"
            "\thelo=foo.example.com;\r\n"
            "\treceiver=mybox.example.org;\r\n"
            "\tidentity=mailfrom;\r\n"
            "\tmechanism=\"ip4:192.0.2.1\";\r\n");
}

TEST(ReceivedSpf, OfTheOtherResults) {
  Request helo = request();
  helo.identity = Identity::kHelo;
  helo.client = *Ip::parse("2001:db8::1");
  Result result;
  result.domain = "foo.example.com";
  result.verdict = Verdict::kNeutral;
  EXPECT_EQ(received_spf(helo, result),
            "Received-SPF: neutral\r\n"
            "\t(mybox.example.org: 2001:db8::1 is neither permitted nor denied by domain of "
            "foo.example.com)\r\n"
            "\tclient-ip=\"2001:db8::1\";\r\n"
            "\thelo=foo.example.com;\r\n"
            "\treceiver=mybox.example.org;\r\n"
            "\tidentity=helo;\r\n"
            "\tmechanism=default;\r\n");
  result.verdict = Verdict::kPermerror;
  result.problem = "the SPF record of \"x\" is broken";
  EXPECT_NE(received_spf(helo, result).find("\tproblem=\"the SPF record of \\\"x\\\" is broken\";"),
            std::string::npos);
  for (const Verdict verdict : {Verdict::kNone, Verdict::kFail, Verdict::kSoftfail,
                                Verdict::kTemperror, Verdict::kPermerror}) {
    result.verdict = verdict;
    EXPECT_TRUE(received_spf(helo, result)
                    .starts_with(fmt::format("Received-SPF: {}\r\n\t(", name_of(verdict))));
  }
}

TEST(ReceivedSpf, IsHarmlessWhateverPeersSay) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  for (const std::string& said :
       {all, all + all + all + all, std::string(5000, '"'), std::string("\r\nX: y"),
        std::string("a) b (c"), std::string(".a"), std::string("a..b"), std::string()}) {
    Request hostile = request();
    hostile.helo = hostile.local_part = hostile.receiver = said;
    Result result;
    result.domain = said;
    result.problem = said;
    result.verdict = Verdict::kTemperror;
    const std::string field = received_spf(hostile, result);
    std::size_t line = 0;
    for (std::size_t begin = 0; begin < field.size(); begin = field.find("\r\n", begin) + 2) {
      const std::size_t end = field.find("\r\n", begin);
      ASSERT_NE(end, std::string::npos);
      EXPECT_LT(end - begin, 998U);
      if (line++ > 0) {
        EXPECT_EQ(field[begin], '\t');
        for (std::size_t i = begin + 1; i < end; ++i) {
          EXPECT_TRUE(field[i] >= ' ' && field[i] <= '~') << static_cast<int>(field[i]);
        }
      }
      // The comment is one, without nesting.
      if (line == 2) {
        EXPECT_EQ(std::count(field.begin() + static_cast<std::ptrdiff_t>(begin),
                             field.begin() + static_cast<std::ptrdiff_t>(end), ')'),
                  1);
      }
    }
  }
}

}  // namespace
}  // namespace hikyaku::spf
