// SPDX-License-Identifier: Apache-2.0
// Goal: commands go over the control socket and answers come back, each in its line, however the
// octets are cut; what is no request is answered with an error, what is no answer is one for the
// client.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <thread>

#include "app/control_client.h"
#include "app/control_server.h"
#include "app/site.h"
#include "base/task_scope.h"
#include "port/net/listener.h"
#include "port/store/testing/temporary_directory.h"

namespace hikyaku::app {
namespace {

int connected(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  const int out = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  EXPECT_EQ(::connect(out, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  return out;
}

/// A site in a folder of its own, and its control socket.
struct Control : ::testing::Test {
  store::TemporaryDirectory folder;
  std::string path = folder.path() + "/control.sock";
  std::unique_ptr<Site> site;
  net::LoopPool loops{1};
  TaskScope accepting;
  TaskScope sessions;
  std::unique_ptr<net::Listener> listener;

  void SetUp() override {
    config::Config config;
    config.server.data = folder.path() + "/data";
    auto opened = open_site(config);
    ASSERT_TRUE(opened.has_value()) << opened.error().text;
    site = std::move(*opened);
    loops.start();
    net::ListenOptions at;
    at.at.path = path;
    listener = net::Listener::open(std::move(at)).value();
    net::serve(*listener, loops, {"control", &accepting, &sessions, nullptr, {}},
               [this](net::StreamPtr stream) {
                 return serve_control(site->admin_ports(), std::move(stream));
               });
  }
  void TearDown() override {
    accepting.stop();
    sessions.stop();
    run_sync(sessions.join());
    run_sync(accepting.join());
  }

  [[nodiscard]] ControlClient client() const {
    auto out = ControlClient::connect(path);
    EXPECT_TRUE(out.has_value() && out->has_value());
    return std::move(**out);
  }
  /// Sends octets, says that there are no more, and gives all that comes back.
  [[nodiscard]] std::string say(std::string_view octets, std::size_t at_a_time) const {
    const int socket = connected(path);
    for (; !octets.empty(); octets.remove_prefix(std::min(octets.size(), at_a_time)))
      EXPECT_GT(::send(socket, octets.data(), std::min(octets.size(), at_a_time), MSG_NOSIGNAL), 0);
    ::shutdown(socket, SHUT_WR);
    std::string out;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::recv(socket, buffer, sizeof buffer, 0)) > 0;)
      out.append(buffer, static_cast<std::size_t>(got));
    ::close(socket);
    return out;
  }
};

TEST_F(Control, OneClientAsksManyThings) {
  auto asker = client();
  const auto added = asker.run("domain add", {{"domain", "Example.ORG."}}, {});
  ASSERT_TRUE(added.has_value()) << added.error().text;
  EXPECT_EQ(*added, (Json{{"domain", "example.org"}}));
  const auto listed = asker.run("domain list", Json::object(), {});
  EXPECT_EQ(listed.value()["domains"].size(), 1U);
  std::vector<std::string> progress;
  const auto checked = asker.run("store check", Json::object(), [&](const Told& line) {
    progress.push_back(line.in(Language::kJapanese));
  });
  EXPECT_TRUE(checked.value()["findings"].empty()) << checked->dump();
  EXPECT_GE(progress.size(), 3U);
  EXPECT_EQ(progress.back(), "アカウントと追跡記録を検査しました");
}

TEST_F(Control, RefusalsComeInBothLanguages) {
  auto asker = client();
  for (const char* command : {"account show", "account remove", "account password"}) {
    const auto done = asker.run(command, {{"address", "ann@example.org"}}, {});
    ASSERT_FALSE(done.has_value()) << command;
    EXPECT_EQ(done.error().remedy, Remedy::kPermanent);
    EXPECT_NE(done.error().text.find("no such account: ann@example.org"), std::string::npos);
    EXPECT_NE(done.error().japanese.find("ann@example.org はありません"), std::string::npos);
  }
  EXPECT_FALSE(asker.run("account frobnicate", Json::object(), {}).has_value());
}

TEST_F(Control, EveryCommandChecksItsArguments) {
  auto asker = client();
  for (const auto& command : admin_commands())
    for (const auto& arguments :
         {Json::object(), Json::array(), Json("text"), Json(nullptr),
          Json{{"address", 1}, {"domain", 2.5}, {"id", true}, {"number", Json::array()}},
          Json{{"address", ""}, {"domain", ""}, {"id", ""}, {"targets", {1, 2}}, {"limit", -1}},
          Json{{"all", "yes"}, {"limit", "x"}, {"sender", 1}},
          Json{
              {"address", "@"}, {"domain", ".."}, {"id", "\xff"}, {"number", "x"}, {"all", "yes"}}})
      (void)asker.run(std::string(command.name), arguments, {});  // the server lives, and answers
  EXPECT_TRUE(asker.run("domain list", Json::object(), {}).has_value());
}

TEST_F(Control, RequestsAreLinesHoweverTheyAreCut) {
  constexpr std::string_view kTwo =
      "{\"command\":\"domain list\"}\n{\"command\":\"alias list\",\"arguments\":{}}\n";
  for (std::size_t n = 1; n <= kTwo.size(); ++n)
    EXPECT_EQ(say(kTwo, n), "{\"result\":{\"domains\":[]}}\n{\"result\":{\"aliases\":[]}}\n") << n;
}

TEST_F(Control, WhatIsNoRequestIsAnswered) {
  for (const char* line : {"x", "[]", "{}", "{\"command\":7}", "{\"command\":\"x\"}", "\"\\ud800\"",
                           "{\"command\":\"domain list\",\"arguments\":[]}"}) {
    const auto got = say(std::string(line) + "\n", 1000);
    EXPECT_TRUE(got.starts_with("{\"error\":{\"text\":\"") && got.ends_with("\"}}\n")) << got;
  }
  EXPECT_EQ(say("{\"command\":\"domain list\"}", 1000), "") << "a line that does not end is none";
  EXPECT_EQ(say(std::string((1U << 20U) + 2, 'x'), 1U << 16U), "") << "one over 1 MiB ends it";
}

TEST(ControlClient, NobodyThereIsNoError) {
  const store::TemporaryDirectory folder;
  const auto none = ControlClient::connect(folder.path() + "/none.sock");
  ASSERT_TRUE(none.has_value());
  EXPECT_FALSE(none->has_value());
  const auto too_long = ControlClient::connect("/" + std::string(200, 'x'));
  ASSERT_FALSE(too_long.has_value());
  EXPECT_NE(too_long.error().text.find("too long"), std::string::npos);
}

/// What a client makes of an answer, whatever answers.
Result<Json> answered_with(std::string answer) {
  const store::TemporaryDirectory folder;
  const auto path = folder.path() + "/s";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  const int listening = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  EXPECT_EQ(::bind(listening, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(::listen(listening, 1), 0);
  auto client = ControlClient::connect(path).value();
  std::thread server([listening, &answer] {
    const int peer = ::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC);
    char buffer[1000];
    EXPECT_GT(::recv(peer, buffer, sizeof buffer, 0), 0);
    for (const char c : answer) ::send(peer, &c, 1, MSG_NOSIGNAL);  // octet by octet
    ::close(peer);
  });
  auto out = client->run("domain list", Json::object(), {});
  server.join();
  ::close(listening);
  return out;
}

TEST(ControlClient, ReadsAnswers) {
  EXPECT_EQ(answered_with("{\"progress\":\"1\"}\n{\"progress\":\"2\"}\n{\"result\":7}\n").value(),
            7);
  const auto busy = answered_with(
      "{\"error\":{\"text\":\"busy\",\"text_ja\":\"混雑\",\"remedy\":\"retry "
      "later\"}}\n");
  ASSERT_FALSE(busy.has_value());
  EXPECT_EQ(busy.error().remedy, Remedy::kRetryLater);
  EXPECT_EQ(busy.error().text, "busy");
  EXPECT_EQ(busy.error().japanese, "混雑");
}

TEST(ControlClient, WhatIsNoAnswerIsAnError) {
  for (const char* answer : {"", "{\"result\":7}", "x\n", "[]\n", "{}\n", "{\"error\":7}\n",
                             "{\"error\":null}\n", "{\"error\":{\"text\":7}}\n"})
    EXPECT_FALSE(answered_with(answer).has_value()) << answer;
}

}  // namespace
}  // namespace hikyaku::app
