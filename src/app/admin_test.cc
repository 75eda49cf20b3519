// SPDX-License-Identifier: Apache-2.0
// Goal: administrators' commands take names as people write them, answer in the shapes that scripts
// read, refuse what can not be, and tell what a removal leaves behind.
#include "app/admin.h"

#include <gtest/gtest.h>

#include "app/admin_commands.h"
#include "app/body_places.h"
#include "app/site.h"
#include "base/task_scope.h"
#include "port/store/testing/temporary_directory.h"
#include "record/mailbox/keys.h"

namespace hikyaku::app {
namespace {

struct Admin : ::testing::Test {
  store::TemporaryDirectory folder;
  std::unique_ptr<Site> site;

  void SetUp() override {
    config::Config config;
    config.server.data = folder.path() + "/data";
    auto opened = open_site(config);
    ASSERT_TRUE(opened.has_value()) << opened.error().text;
    site = std::move(*opened);
  }
  Result<Json> run(const char* command, Json arguments) {
    auto ports = site->admin_ports();
    return run_sync(run_admin(&ports, command, std::move(arguments)));
  }
  Json done(const char* command, Json arguments) {
    auto out = run(command, std::move(arguments));
    EXPECT_TRUE(out.has_value()) << command << ": " << out.error().text;
    return out.value_or(Json());
  }
  std::string refused(const char* command, Json arguments) {
    auto out = run(command, std::move(arguments));
    EXPECT_FALSE(out.has_value()) << command << ": " << out->dump();
    if (out) return {};
    EXPECT_EQ(out.error().remedy, Remedy::kPermanent);
    EXPECT_FALSE(out.error().japanese.empty()) << out.error().text;
    return out.error().text;
  }
};

TEST_F(Admin, AccountsHaveOneShape) {
  done("domain add", {{"domain", "example.org"}});
  const auto added = done("account add", {{"address", "Ann@Example.ORG"}, {"name", "Ann"}});
  EXPECT_EQ(added["address"], "ann@example.org");
  EXPECT_EQ(added["name"], "Ann");
  EXPECT_EQ(added["password"].get<std::string>().size(), 20U);
  const auto given = done("account add", {{"address", "bob@example.org"}, {"password", "secret"}});
  EXPECT_FALSE(given.contains("password")) << "one that was given is not shown";
  const auto shown = done("account show", {{"address", "ANN@example.org"}});
  EXPECT_EQ(shown["octets"], 0);
  EXPECT_EQ(shown["mailboxes"][0]["name"], "INBOX");
  EXPECT_FALSE(shown.contains("password"));
  EXPECT_EQ(done("account list", {{"domain", "EXAMPLE.org."}})["accounts"].size(), 2U);
  const auto fresh = done("account password", {{"address", "ann@example.org"}});
  EXPECT_NE(fresh["password"], added["password"]);
}

TEST_F(Admin, WhatIsTakenOrMissingIsRefusedWithARemedy) {
  done("domain add", {{"domain", "example.org"}});
  done("account add", {{"address", "ann@example.org"}});
  done("alias add", {{"address", "info@example.org"}, {"targets", {"ann@example.org"}}});
  struct Case {
    const char* command;
    Json arguments;
    const char* text;
  };
  for (const auto& c : std::vector<Case>{
           {"domain add", {{"domain", "EXAMPLE.org"}}, "is there already"},
           {"domain add", {{"domain", "no domain"}}, "one looks like example.org"},
           {"domain remove", {{"domain", "example.org"}}, "hikyaku account list example.org"},
           {"domain remove", {{"domain", "example.net"}}, "hikyaku domain list"},
           {"domain catch-all",
            {{"domain", "example.org"}, {"address", "x@example.org"}},
            "exists"},
           {"account add", {{"address", "ann@example.org"}}, "is an account already"},
           {"account add", {{"address", "info@example.org"}}, "is an alias already"},
           {"account add", {{"address", "ann@example.net"}}, "hikyaku domain add example.net"},
           {"account add", {{"address", "ann"}}, "one looks like name@example.org"},
           {"account add", {{"address", "a b@example.org"}}, "the part before the @"},
           {"account add", {{"address", "x@example.org"}, {"name", std::string(257, 'x')}}, "256"},
           {"account add",
            {{"address", "x@example.org"}, {"password", std::string(2000, 'x')}},
            "a password has at most"},
           {"account show", {{"address", "info@example.org"}}, "hikyaku account list"},
           {"account show", Json::object(), "\"address\" is missing"},
           {"alias add", {{"address", "x@example.org"}}, "at least one target"},
           {"alias add", {{"address", "x@example.org"}, {"targets", {"y"}}}, "\"y\" is not an"},
           {"alias add", {{"address", "x@example.org"}, {"targets", {"x@example.org"}}}, "itself"},
           {"alias show", {{"address", "ann@example.org"}}, "hikyaku alias list"},
           {"alias remove", {{"address", "x@example.org"}}, "hikyaku alias list"},
           {"queue show", {{"id", "none"}}, "hikyaku queue list"},
           {"queue show", {{"id", "0000000000001"}}, "nothing waits under"},
           {"queue retry", {{"all", "yes"}}, "say which"},
           {"track", {{"number", "none"}}, "13 letters and digits"},
           {"track", {{"number", "0000000000001"}}, "hikyaku track --to"}})
    EXPECT_NE(refused(c.command, c.arguments).find(c.text), std::string::npos)
        << c.command << c.arguments.dump();
}

TEST_F(Admin, ARemovalTellsWhatStillLeadsThere) {
  done("domain add", {{"domain", "example.org"}});
  done("account add", {{"address", "ann@example.org"}});
  done("alias add", {{"address", "info@example.org"}, {"targets", {"Ann@example.org"}}});
  done("alias add", {{"address", "team@example.org"}, {"targets", {"info@example.org"}}});
  done("domain catch-all", {{"domain", "example.org"}, {"address", "ann@example.org"}});
  EXPECT_EQ(done("account remove", {{"address", "ANN@example.org"}}),
            (Json{{"removed", "ann@example.org"},
                  {"still_named_by", {"info@example.org", "@example.org"}}}));
  EXPECT_EQ(done("alias remove", {{"address", "info@example.org"}})["still_named_by"],
            Json::array({"team@example.org"}));
  EXPECT_EQ(done("alias remove", {{"address", "team@example.org"}}),
            (Json{{"removed", "team@example.org"}}));
}

TEST_F(Admin, TheCatchAllComesAndGoes) {
  done("domain add", {{"domain", "example.org"}});
  done("account add", {{"address", "ann@example.org"}});
  EXPECT_EQ(done("domain catch-all", {{"domain", "example.org"}, {"address", "ann@example.org"}}),
            (Json{{"domain", "example.org"}, {"catch_all", "ann@example.org"}}));
  EXPECT_EQ(done("domain show", {{"domain", "example.org"}})["accounts"], 1);
  EXPECT_EQ(done("domain catch-all", {{"domain", "example.org"}}),
            (Json{{"domain", "example.org"}}));
}

TEST_F(Admin, AnUnknownCommandSaysWhoIsToBlame) {
  EXPECT_NE(refused("account frobnicate", Json::object()).find("older"), std::string::npos);
  EXPECT_NE(refused("account list", Json::array()).find("JSON object"), std::string::npos);
}

TEST(AdminArguments, AreReadOrLeftOut) {
  const Json json{{"text", "x"}, {"empty", ""}, {"number", 7U}, {"negative", -1}, {"list", {1}}};
  EXPECT_EQ(text_argument(json, "text").value(), "x");
  for (const char* name : {"empty", "number", "list", "none"})
    EXPECT_FALSE(text_argument(json, name).has_value()) << name;
  EXPECT_EQ(text_argument_or(json, "number", "other"), "other");
  EXPECT_EQ(number_argument_or(json, "number", 1), 7U);
  for (const char* name : {"negative", "text", "list", "none"})
    EXPECT_EQ(number_argument_or(json, name, 1), 1U) << name;
}

TEST(AdminTimes, AreRfc3339) {
  EXPECT_EQ(rfc3339(UnixTime()), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339(UnixTime(std::chrono::milliseconds(1'795'494'531'007))),
            "2026-11-24T04:28:51.007Z");
}

TEST_F(Admin, AMessageIsFoundByItsBody) {
  done("domain add", {{"domain", "example.org"}});
  done("account add", {{"address", "ann@example.org"}});
  const auto account = run_sync(site->directory->account("ann@example.org")).value().value();
  const auto mailboxes = run_sync(site->mailboxes->open(account.id)).value();
  ASSERT_TRUE(run_sync(mailboxes->make_default_mailboxes()).has_value());
  auto body = site->store->new_body();
  body.append("Subject: x\r\n\r\nhello\r\n");
  mailbox::NewMessage message;
  message.message.search_header =
      "Subject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <1@example.org>\r\n";
  message.message.body = body.id();
  message.message.size = body.size();
  store::Txn txn;
  txn.with(body);
  const auto placed = run_sync(site->mailboxes->deliver({{mailboxes, message}}, std::move(txn)));
  ASSERT_TRUE(placed.has_value()) << placed.error().text;
  const auto trash = run_sync(mailboxes->find("Trash")).value().value();
  const auto& at = placed->front();
  ASSERT_TRUE(run_sync(mailboxes->copy(at.mailbox, {at.uid}, trash.id)).has_value());

  auto ports = site->admin_ports();
  const auto holder = mailbox::key::message(account.id, at.message);
  const auto places = run_sync(body_places(&ports, {holder, "unknown", ""}));
  ASSERT_TRUE(places.has_value()) << places.error().text;
  ASSERT_EQ(places->size(), 2U) << "the copy shares the body";
  EXPECT_EQ((*places)[0], (Json{{"account", "ann@example.org"},
                                {"mailbox", "INBOX"},
                                {"uid", at.uid.value},
                                {"subject", "grüße"},
                                {"message_id", "<1@example.org>"}}));
  EXPECT_EQ((*places)[1]["mailbox"], "Trash");
  EXPECT_EQ(words_of_place((*places)[0]).in(Language::kEnglish),
            "ann@example.org, mailbox INBOX, UID 1, subject \"grüße\", Message-ID "
            "<1@example.org>");
  EXPECT_TRUE(run_sync(body_places(&ports, {mailbox::key::message(account.id, MessageId(999))}))
                  .value()
                  .empty());
}

}  // namespace
}  // namespace hikyaku::app
