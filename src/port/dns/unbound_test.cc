// SPDX-License-Identifier: Apache-2.0
// Goal: the resolver answers from local data and through a forwarder, tells every kind of failure
// apart, keeps its deadlines, and can be stopped with questions open.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <thread>

#include "base/task_scope.h"
#include "port/dns/resolver.h"
#include "port/dns/testing/fake_resolver.h"
#include "port/net/loop.h"

namespace hikyaku::dns {
namespace {

using namespace std::chrono_literals;

Answer ask(Resolver& resolver, std::string name, Type type, Duration patience = 20s) {
  return net::run_on_loop(resolver.query(std::move(name), type, patience));
}

/// A name server on loopback that knows a few names, refuses some, and is silent to others.
class NameServer {
 public:
  struct Reply {
    int rcode = 0;
    std::vector<std::pair<Type, std::string>> records;  // RDATA of the name itself
    /// Before the reply comes another one, which ends in 255.255.255.255.
    enum class Forged : unsigned char { kNone, kWrongId, kWrongPort } forged = Forged::kNone;
  };

  explicit NameServer(std::map<std::string, Reply> replies) : replies_(std::move(replies)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    socklen_t size = sizeof address;
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    EXPECT_EQ(::pipe(stop_), 0);
    thread_ = std::thread([this] { run(); });
  }
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;
  ~NameServer() {
    ::close(stop_[1]);
    thread_.join();
    ::close(stop_[0]);
    ::close(socket_);
  }
  [[nodiscard]] std::string forwarder() const { return "127.0.0.1@" + std::to_string(port_); }
  [[nodiscard]] int questions() const { return questions_; }

 private:
  void run() {
    for (;;) {
      pollfd ready[] = {{socket_, POLLIN, 0}, {stop_[0], POLLIN, 0}};
      ::poll(ready, 2, -1);
      if (ready[1].revents != 0) return;
      char packet[1500];
      sockaddr_in from{};
      socklen_t size = sizeof from;
      const auto got =
          ::recvfrom(socket_, packet, sizeof packet, 0, reinterpret_cast<sockaddr*>(&from), &size);
      if (got < 17) continue;
      ++questions_;
      const std::string_view query(packet, static_cast<std::size_t>(got));
      const auto reply = answer(query);
      if (reply.empty()) continue;
      forge(query, reply, from);
      ::sendto(socket_, reply.data(), reply.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
    }
  }

  static std::string name_in(std::string_view query) {
    return parse_name(query.substr(12, query.find('\0', 12) - 11)).value_or("?");
  }

  void forge(std::string_view query, std::string reply, const sockaddr_in& to) const {
    const auto forged = replies_.at(name_in(query)).forged;
    if (forged == Reply::Forged::kNone) return;
    reply.replace(reply.size() - 4, 4, "\xff\xff\xff\xff");
    if (forged == Reply::Forged::kWrongId) reply[0] = static_cast<char>(reply[0] ^ 1);
    const int other = ::socket(AF_INET, SOCK_DGRAM, 0);
    const int from = forged == Reply::Forged::kWrongPort ? other : socket_;
    ::sendto(from, reply.data(), reply.size(), 0, reinterpret_cast<const sockaddr*>(&to),
             sizeof to);
    ::close(other);
  }

  std::string answer(std::string_view query) const {
    const auto end = query.find('\0', 12) + 1;
    const auto name = name_in(query);
    const auto type = static_cast<Type>(static_cast<unsigned char>(query[end + 1]));
    const auto known = replies_.find(name);
    if (known == replies_.end()) return {};
    std::string body;
    int count = 0;
    for (const auto& [rtype, rdata] : known->second.records) {
      if (rtype != type) continue;
      ++count;
      body += std::string("\xc0\x0c\0", 3) + static_cast<char>(rtype) +
              std::string("\0\1\0\0\0\x3c\0", 7) + static_cast<char>(rdata.size()) + rdata;
    }
    std::string head(query.substr(0, 2));
    head += '\x81';
    head += static_cast<char>(0x80 | known->second.rcode);
    head += std::string("\0\1\0", 3) + static_cast<char>(count) + std::string(4, '\0');
    return head + std::string(query.substr(12, end + 4 - 12)) + body;
  }

  std::map<std::string, Reply> replies_;
  int socket_ = ::socket(AF_INET, SOCK_DGRAM, 0);
  int stop_[2] = {-1, -1};
  std::uint16_t port_ = 0;
  std::atomic<int> questions_{0};
  std::thread thread_;
};

TEST(Unbound, AnswersFromLocalData) {
  const auto resolver =
      make_unbound_resolver({.local_zone_data = {"example.org. IN MX 10 mx.example.org.",
                                                 "example.org. IN MX 20 mx2.example.org.",
                                                 "mx.example.org. IN A 192.0.2.1",
                                                 "mx.example.org. IN AAAA 2001:db8::1",
                                                 "example.org. IN TXT \"v=spf1 -all\""},
                             .local_zones = {"example.org."}})
          .value();
  const auto mx = ask(*resolver, "example.org", Type::kMx);
  ASSERT_EQ(mx.status, Answer::Status::kFound) << mx.why;
  EXPECT_EQ(mx.records.size(), 2U);
  EXPECT_TRUE(parse_mx(mx.records.front())->host.starts_with("mx"));
  EXPECT_FALSE(mx.secure);
  EXPECT_EQ(text_of_a(ask(*resolver, "MX.example.org", Type::kA).records.front()), "192.0.2.1");
  EXPECT_EQ(text_of_aaaa(ask(*resolver, "mx.example.org.", Type::kAaaa).records.front()),
            "2001:db8::1");
  EXPECT_EQ(parse_txt(ask(*resolver, "example.org", Type::kTxt).records.front()).value(),
            "v=spf1 -all");
  EXPECT_EQ(ask(*resolver, "mx.example.org", Type::kTxt).status, Answer::Status::kNoData);
  EXPECT_EQ(ask(*resolver, "gone.example.org", Type::kA).status, Answer::Status::kNxDomain);
}

TEST(Unbound, ANameThatIsNoneDoesNotExist) {
  const auto resolver = make_unbound_resolver({.local_zones = {"example.org."}}).value();
  for (const std::string& bad : {std::string("a..example.org"), std::string(300, 'a'),
                                 std::string(64, 'a') + ".example.org"}) {
    EXPECT_EQ(ask(*resolver, bad, Type::kA).status, Answer::Status::kNxDomain) << bad;
  }
  EXPECT_EQ(ask(*resolver, std::string("a b\\.example.org"), Type::kA).status,
            Answer::Status::kNxDomain);
}

TEST(Unbound, AsksItsForwarderAndRemembers) {
  const NameServer server({
      {"example.org", {0, {{Type::kMx, rdata_of(Type::kMx, "10 mx.example.org")}}}},
      {"gone.example.org", {3, {}}},
      {"broken.example.org", {2, {}}},
      {"org", {0, {}}},
  });
  const auto resolver = make_unbound_resolver({.forwarders = {server.forwarder()}}).value();
  const auto mx = ask(*resolver, "example.org", Type::kMx);
  ASSERT_EQ(mx.status, Answer::Status::kFound) << mx.why;
  EXPECT_EQ(parse_mx(mx.records.front())->host, "mx.example.org");
  const int before = server.questions();
  EXPECT_EQ(ask(*resolver, "example.org", Type::kMx).status, Answer::Status::kFound);
  EXPECT_EQ(server.questions(), before);
  EXPECT_EQ(ask(*resolver, "gone.example.org", Type::kA).status, Answer::Status::kNxDomain);
  EXPECT_EQ(ask(*resolver, "example.org", Type::kTxt).status, Answer::Status::kNoData);
  const auto broken = ask(*resolver, "broken.example.org", Type::kA);
  EXPECT_EQ(broken.status, Answer::Status::kFailed);
  EXPECT_NE(broken.why.in(Language::kEnglish).find("SERVFAIL"), std::string::npos) << broken.why;
}

TEST(Unbound, AnswersWithAnotherNumberOrFromElsewhereDoNotCount) {
  using Forged = NameServer::Reply::Forged;
  const std::vector<std::pair<Type, std::string>> real = {{Type::kA, "\xc0\x01\x02\x03"}};
  const NameServer server({{"org", {0, {}}},
                           {"example.org", {0, {}}},
                           {"id.example.org", {0, real, Forged::kWrongId}},
                           {"port.example.org", {0, real, Forged::kWrongPort}}});
  const auto resolver = make_unbound_resolver({.forwarders = {server.forwarder()}}).value();
  for (const char* name : {"id.example.org", "port.example.org"}) {
    const auto answer = ask(*resolver, name, Type::kA);
    ASSERT_EQ(answer.status, Answer::Status::kFound) << name << " " << answer.why;
    EXPECT_EQ(answer.records, std::vector<std::string>{real.front().second}) << name;
  }
}

TEST(Unbound, ASilentServerMeetsTheDeadline) {
  const NameServer server({});
  const auto resolver = make_unbound_resolver({.forwarders = {server.forwarder()}}).value();
  const auto answer = ask(*resolver, "example.org", Type::kMx, 20ms);
  EXPECT_EQ(answer.status, Answer::Status::kFailed);
  EXPECT_NE(answer.why.in(Language::kEnglish).find("no answer in time"), std::string::npos);
}

Task<void> ask_into(Resolver* resolver, std::string name, Answer* out) {
  Executor* const home = Executor::current();
  *out = co_await resolver->query(std::move(name), Type::kMx, 20s);
  EXPECT_EQ(Executor::current(), home);
}

TEST(Unbound, QuestionsAreAskedAtTheSameTime) {
  std::map<std::string, NameServer::Reply> replies;
  for (int i = 0; i < 200; ++i) {
    const auto name = "d" + std::to_string(i) + ".example.org";
    replies[name] = {0, {{Type::kMx, rdata_of(Type::kMx, "10 mx." + name)}}};
  }
  const NameServer server(replies);
  const auto resolver = make_unbound_resolver({.forwarders = {server.forwarder()}}).value();
  std::vector<Answer> answers(200);
  auto all = [](Resolver* with, std::vector<Answer>* out) -> Task<void> {
    TaskScope scope;
    for (std::size_t i = 0; i < out->size(); ++i) {
      scope.spawn(ask_into(with, "d" + std::to_string(i) + ".example.org", &(*out)[i]));
    }
    co_await scope.join();
  };
  net::run_on_loop(all(resolver.get(), &answers));
  for (std::size_t i = 0; i < answers.size(); ++i) {
    ASSERT_EQ(answers[i].status, Answer::Status::kFound) << i << " " << answers[i].why;
    EXPECT_EQ(parse_mx(answers[i].records.front())->host,
              "mx.d" + std::to_string(i) + ".example.org");
  }
}

TEST(Unbound, OpenQuestionsAreAnsweredWhenItStops) {
  const NameServer server({});
  auto resolver = make_unbound_resolver({.forwarders = {server.forwarder()}}).value();
  std::vector<Answer> answers(20);
  auto all = [](std::unique_ptr<Resolver>* with, std::vector<Answer>* out) -> Task<void> {
    TaskScope scope;
    for (auto& answer : *out) scope.spawn(ask_into(with->get(), "example.org", &answer));
    with->reset();
    co_await scope.join();
  };
  net::run_on_loop(all(&resolver, &answers));
  for (const auto& answer : answers) EXPECT_EQ(answer.status, Answer::Status::kFailed);
}

TEST(Unbound, OptionsThatAreWrongSayWhatToCorrect) {
  const std::pair<Options, const char*> table[] = {
      {{.forwarders = {"resolver.example.org"}}, "write 192.0.2.1"},
      {{.local_zone_data = {"example.org. IN MX mx"}}, "local record"},
      {{.root_hints_file = "/nonexistent"}, "dns.root_hints"},
      {{.trust_anchor_file = "/nonexistent"}, "dns.trust_anchor"},
  };
  for (const auto& [options, text] : table) {
    const auto made = make_unbound_resolver(options);
    ASSERT_FALSE(made.has_value()) << text;
    EXPECT_NE(made.error().text.find(text), std::string::npos) << made.error().text;
  }
}

}  // namespace
}  // namespace hikyaku::dns
