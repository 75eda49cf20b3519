// SPDX-License-Identifier: Apache-2.0
// Goal: what is right is read exactly, and every mistake is told with its place, key and remedy.
#include "config/read.h"

#include <gtest/gtest.h>

#include <string>

namespace hikyaku::config {
namespace {

Config must_read(std::string_view text) {
  auto config = read(text, "/etc/hikyaku");
  if (config) return *config;
  for (const Problem& problem : config.error())
    ADD_FAILURE() << text_of(problem, "test", Language::kEnglish);
  return {};
}

TEST(ReadConfig, AnEmptyFileServesOnStandardPorts) {
  const Config config = must_read("");
  ASSERT_EQ(config.listeners.size(), 7U);
  EXPECT_EQ(config.listeners[0].protocol, Protocol::kSmtp);
  EXPECT_EQ(config.listeners[0].port, 25);
  EXPECT_EQ(config.listeners[0].address, "::");
  EXPECT_EQ(config.listeners[4].port, 993);
  EXPECT_EQ(config.server.data, "/var/lib/hikyaku");
  EXPECT_EQ(config.control.socket, "/var/lib/hikyaku/control.sock");
  EXPECT_EQ(config.delivery.give_up_after, std::chrono::hours(120));
}

TEST(ReadConfig, EveryKindOfValue) {
  const Config config = must_read(R"(
[server]
hostname = "mail.example.org"
data = "../data/./x"
log_level = "debug"
[[listener]]
protocol = "imaps"
address = "127.0.0.1"
port = 2993
[[listener]]
protocol = "lmtp"
path = "lmtp.sock"
[[certificate]]
file = "a.pem"
key = "/b.pem"
[smtp]
message_size_max = "1GB"
[dns]
forwarders = ["127.0.0.1@5353", "2001:db8::1"]
dnssec = false
[delivery]
retry_after = ["1s", "2m"]
port = 2525
)");
  EXPECT_EQ(config.server.data, "/etc/data/x");
  EXPECT_EQ(config.control.socket, "/etc/data/x/control.sock");
  EXPECT_EQ(config.server.log_level, event::Level::kDebug);
  ASSERT_EQ(config.listeners.size(), 2U);
  EXPECT_EQ(config.listeners[0],
            (Listener{.protocol = Protocol::kImaps, .address = "127.0.0.1", .port = 2993}));
  EXPECT_EQ(config.listeners[1].path, "/etc/hikyaku/lmtp.sock");
  ASSERT_EQ(config.certificates.size(), 1U);
  EXPECT_EQ(config.certificates[0], (Certificate{"/etc/hikyaku/a.pem", "/b.pem"}));
  EXPECT_EQ(config.smtp.message_size_max.octets, 1'000'000'000U);
  EXPECT_EQ(config.dns.forwarders, (std::vector<std::string>{"127.0.0.1@5353", "2001:db8::1"}));
  EXPECT_EQ(config.dns.dnssec, Switch::kOff);
  EXPECT_EQ(config.delivery.retry_after,
            (std::vector<Duration>{std::chrono::seconds(1), std::chrono::minutes(2)}));
  EXPECT_EQ(config.delivery.port, 2525);
}

struct Mistake {
  std::string_view text;
  std::uint32_t line;
  std::string_view key;
  std::string_view what;    ///< a part of it
  std::string_view remedy;  ///< a part of it
};

TEST(ReadConfig, EachMistakeHasItsPlaceKeyAndRemedy) {
  const std::vector<Mistake> mistakes = {
      {"[server\n", 1, "", "", "TOML"},
      {"a = 1\n[\n", 2, "", "", "TOML"},
      {"[server]\nhostname = \"a\"\nhostname = \"b\"\n", 3, "", "", "TOML"},
      {"\n[server]\nhostnam = \"a\"\n", 3, "server.hostnam", "did you mean \"hostname\"", "name"},
      {"[server]\nforwarders = []\n", 2, "server.forwarders", "not one of this table", "[dns]"},
      {"[server]\nxyzzy = 1\n", 2, "server.xyzzy", "unknown key", "config defaults"},
      {"hostname = \"a\"\n", 1, "hostname", "outside", "[server]"},
      {"xyzzy = 1\n", 1, "xyzzy", "unknown key", "take the line out"},
      {"[sever]\n", 1, "sever", "did you mean \"server\"", "mend"},
      {"[xyzzy]\n", 1, "xyzzy", "unknown table", "config defaults"},
      {"[listener]\nport = 1\n", 1, "listener", "brackets", "[[listener]]"},
      {"[[server]]\n", 1, "server", "brackets", "[server]"},
      {"[server]\nhostname = 5\n", 2, "server.hostname", "a number", "\"…\""},
      {"[server]\nhostname = \"a..b\"\n", 2, "server.hostname", "no host name", "letters"},
      {"[server]\nhostname = \"-a\"\n", 2, "server.hostname", "no host name", "letters"},
      {"[server]\nlog_level = \"inof\"\n", 2, "server.log_level", "mean \"info\"", "\"debug\""},
      {"[server]\nthreads = -1\n", 2, "server.threads", "out of bounds", "0 to 1024"},
      {"[server]\nthreads = 1.5\n", 2, "server.threads", "fraction", "like 1"},
      {"[server]\ndata = \"\"\n", 0, "server.data", "empty", "path"},
      {"[server]\nuser = \"a b\"\n", 2, "server.user", "no user name", "passwd"},
      {"[smtp]\nmessage_size_max = 50\n", 2, "smtp.message_size_max", "unit", "50MiB"},
      {"[smtp]\nmessage_size_max = \"50M\"\n", 2, "smtp.message_size_max", "no size", "MiB"},
      {"[smtp]\nmessage_size_max = \"1B\"\n", 2, "smtp.message_size_max", "bounds", "64KiB"},
      {"[imap]\nidle_timeout = 30\n", 2, "imap.idle_timeout", "unit", "30s"},
      {"[imap]\nidle_timeout = \"30\"\n", 2, "imap.idle_timeout", "no length", "30s"},
      {"[imap]\nidle_timeout = \"2d\"\n", 2, "imap.idle_timeout", "bounds", "1d"},
      {"[dns]\ndnssec = \"on\"\n", 2, "dns.dnssec", "a text", "true or false"},
      {"[dns]\nforwarders = \"192.0.2.1\"\n", 2, "dns.forwarders", "a text", "["},
      {"[dns]\nforwarders = [\"ns\"]\n", 2, "dns.forwarders", "no name server", "@5353"},
      {"[dns]\nforwarders = [\"192.0.2.1@0\"]\n", 2, "dns.forwarders", "no name server", "@"},
      {"[dns]\nforwarders = [1]\n", 2, "dns.forwarders", "a list", "[\"…"},
      {"[delivery]\nretry_after = []\n", 2, "delivery.retry_after", "list", "1m"},
      {"[delivery]\nsource_ipv4 = \"::1\"\n", 2, "delivery.source_ipv4", "no IPv4", "192.0.2.1"},
      {"[delivery]\nwarn_after = \"6d\"\n", 0, "delivery.warn_after", "after the end", "shorter"},
      {"[[listener]]\nport = 99999\n", 2, "listener.port", "bounds", "65535"},
      {"[[listener]]\naddress = \"localhost\"\n", 2, "listener.address", "no IP", "192.0.2.1"},
      {"[[listener]]\n[[listener]]\n", 2, "listener", "taken by another", "another port"},
      {"[[listener]]\nprotocol = \"https\"\n", 2, "listener.protocol", "unknown", "\"pop3s\""},
      {"[[listener]]\nprotocol = \"imap\"\npath = \"x\"\n", 1, "listener.path", "local", "path"},
      {"[[certificate]]\nfile = \"a\"\n", 1, "certificate.key", "missing", "private key"},
      {"[[certificate]]\nkey = \"a\"\n", 1, "certificate.file", "missing", "PEM"},
      {"[tls.more]\nx = 1\n", 1, "tls.more", "unknown table", "take"},
  };
  for (const Mistake& mistake : mistakes) {
    const auto config = read(mistake.text, "/etc");
    ASSERT_FALSE(config.has_value()) << mistake.text;
    ASSERT_EQ(config.error().size(), 1U) << mistake.text;
    const Problem& found = config.error()[0];
    const std::string shown = text_of(found, "f", Language::kEnglish);
    EXPECT_EQ(found.line, mistake.line) << shown;
    EXPECT_EQ(found.key, mistake.key) << shown;
    EXPECT_NE(found.what.in(Language::kEnglish).find(mistake.what), std::string::npos) << shown;
    // The other language says another thing, of the same value.
    for (const auto* text : {&found.what, &found.remedy})
      EXPECT_NE(text->in(Language::kJapanese), text->in(Language::kEnglish)) << shown;
    EXPECT_NE(found.remedy.in(Language::kEnglish).find(mistake.remedy), std::string::npos) << shown;
  }
}

TEST(ReadConfig, AllMistakesAreToldAtOnceInTheOrderOfTheFile) {
  const auto config = read("[smtp]\nrecipients_max = 1\n[server]\nthreads = \"x\"\nusr = 1\n", "/");
  ASSERT_FALSE(config.has_value());
  ASSERT_EQ(config.error().size(), 3U);
  EXPECT_EQ(config.error()[0].key, "smtp.recipients_max");
  EXPECT_EQ(config.error()[1].key, "server.threads");
  EXPECT_EQ(config.error()[2].key, "server.usr");
}

TEST(ReadConfig, ALineForPeople) {
  const auto config = read("[server]\nthreads = 9999\n", "/");
  ASSERT_FALSE(config.has_value());
  EXPECT_EQ(text_of(config.error()[0], "/etc/h.toml", Language::kEnglish),
            "/etc/h.toml:2:11: server.threads: 9999 is out of bounds. Remedy: take 0 to 1024");
  EXPECT_EQ(text_of(config.error()[0], "/etc/h.toml", Language::kJapanese),
            "/etc/h.toml:2:11: server.threads: 9999 は範囲外です。対処: 0 から 1024 "
            "までの値にしてください");
  const auto asked = read("[server]\nhostnam = \"a.example\"\n", "/");
  ASSERT_FALSE(asked.has_value());
  EXPECT_NE(text_of(asked.error()[0], "h", Language::kEnglish).find("mean \"hostname\"? Remedy: "),
            std::string::npos);
}

TEST(ReadConfig, CutAtEveryOctetItNeverDoesHarm) {
  const std::string whole =
      "[server]\nhostname = \"a.example\"\n[[listener]]\nprotocol = \"smtp\"\nport = 2525\n";
  for (std::size_t n = 0; n <= whole.size(); ++n) {
    const auto config = read(whole.substr(0, n), "/");
    if (!config) EXPECT_FALSE(config.error().empty()) << n;
  }
}

}  // namespace
}  // namespace hikyaku::config
