// SPDX-License-Identifier: Apache-2.0
// Goal: trace fields say what RFC 5321 §4.4 wants, and nothing a peer says can break out of them.
#include "protocol/smtp/trace.h"

#include <gtest/gtest.h>

namespace hikyaku::smtp {
namespace {

constexpr UnixTime kTime{std::chrono::seconds(1795495140)};

TEST(Trace, Date) {
  EXPECT_EQ(date_text(kTime), "Tue, 24 Nov 2026 04:39:00 +0000");
  EXPECT_EQ(date_text(UnixTime{}), "Thu, 1 Jan 1970 00:00:00 +0000");
  EXPECT_EQ(date_text(UnixTime{std::chrono::seconds(1709251199)}),
            "Thu, 29 Feb 2024 23:59:59 +0000");
}

TEST(Trace, Received) {
  TraceFacts facts{.hello = "client.example",
                   .client_name = "mail.client.example",
                   .client_address = "192.0.2.1",
                   .by = "mx.example.org",
                   .tls = true,
                   .tls_text = "TLSv1.3 TLS_AES_256_GCM_SHA384",
                   .id = "7zzzz",
                   .recipient = Address{"b", "y.example"},
                   .time = kTime};
  EXPECT_EQ(received_field(facts),
            "Received: from client.example (mail.client.example [192.0.2.1])\r\n"
            "\t(using TLSv1.3 TLS_AES_256_GCM_SHA384)\r\n"
            "\tby mx.example.org with ESMTPS id 7zzzz\r\n"
            "\tfor <b@y.example>;\r\n\tTue, 24 Nov 2026 04:39:00 +0000\r\n");
  facts.client_name.clear();
  facts.client_address = "2001:db8::1";
  facts.tls = false;
  facts.extended = false;
  facts.recipient.reset();
  EXPECT_EQ(received_field(facts),
            "Received: from client.example ([IPv6:2001:db8::1])\r\n"
            "\tby mx.example.org with SMTP id 7zzzz;\r\n\tTue, 24 Nov 2026 04:39:00 +0000\r\n");
}

TEST(Trace, PeersCanNotForge) {
  const TraceFacts facts{.hello = "x\r\nSubject: evil (\\",
                         .client_name = "a) by b; (",
                         .client_address = "192.0.2.1",
                         .by = "mx.example.org",
                         .time = kTime};
  EXPECT_EQ(received_field(facts),
            "Received: from x??Subject:?evil??? (a??by?b??? [192.0.2.1])\r\n"
            "\tby mx.example.org with ESMTP;\r\n\tTue, 24 Nov 2026 04:39:00 +0000\r\n");
}

TEST(Trace, WithProtocol) {
  struct Case {
    Role role;
    bool extended, utf8, tls, authenticated;
    const char* expected;
  };
  const Case kCases[] = {
      {Role::kInbound, false, false, false, false, "SMTP"},
      {Role::kInbound, true, false, false, false, "ESMTP"},
      {Role::kInbound, true, false, true, false, "ESMTPS"},
      {Role::kSubmission, true, false, true, true, "ESMTPSA"},
      {Role::kSubmission, true, false, false, true, "ESMTPA"},
      {Role::kLmtp, true, false, false, false, "LMTP"},
      {Role::kLmtp, true, false, true, true, "LMTPSA"},
      {Role::kInbound, true, true, true, false, "UTF8SMTPS"},
      {Role::kLmtp, true, true, false, false, "UTF8LMTP"},
  };
  for (const Case& c : kCases) {
    EXPECT_EQ(with_protocol({.role = c.role,
                             .extended = c.extended,
                             .utf8 = c.utf8,
                             .tls = c.tls,
                             .authenticated = c.authenticated}),
              c.expected);
  }
}

TEST(Trace, ReturnPath) {
  EXPECT_EQ(return_path_field(std::nullopt), "Return-Path: <>\r\n");
  EXPECT_EQ(return_path_field(Address{"a b", "x.example"}), "Return-Path: <\"a b\"@x.example>\r\n");
}

}  // namespace
}  // namespace hikyaku::smtp
