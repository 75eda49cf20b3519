// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unbound.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "base/assert.h"
#include "base/executor.h"
#include "base/system_words.h"
#include "port/dns/resolver.h"
#include "port/net/thread.h"

namespace hikyaku::dns {
namespace {

/// Questions that unbound works on at a time; more wait.
constexpr std::size_t kActiveMax = 500;
/// And more than these are refused: something is wrong with the network then.
constexpr std::size_t kWaitingMax = 20'000;

struct ContextDeleter {
  void operator()(ub_ctx* context) const { ub_ctx_delete(context); }
};
using ContextPtr = std::unique_ptr<ub_ctx, ContextDeleter>;

/// One question, from its asking to its answer; lies in the asking coroutine.
struct Question : ResumeWork {
  std::string name;
  Type type{};
  SteadyTime deadline{};
  Executor* home = nullptr;
  Answer answer;
};

constexpr Words kStopping{"the resolver is being stopped", "リゾルバーを停止しています"};
constexpr Words kNoAnswer{
    "no answer in time; the domain's name servers are slow or can not be reached",
    "時間内に応答がありません。ドメインのネームサーバーが遅いか、届きません"};

Answer failed(Told why) { return Answer{.status = Answer::Status::kFailed, .why = std::move(why)}; }

Answer answer_of_error(int error) {
  if (error != UB_SYNTAX) return failed(verbatim(ub_strerror(error)));
  return Answer{.status = Answer::Status::kNxDomain,
                .why = told(Words{"it is no domain name", "ドメイン名ではありません"})};
}

Words rcode_words(int rcode) {
  switch (rcode) {
    case 1:
      return {"the name server does not understand the question (FORMERR)",
              "ネームサーバーが質問を理解しません (FORMERR)"};
    case 2:
      return {"the name servers of the domain fail or can not be reached (SERVFAIL)",
              "ドメインのネームサーバーが失敗したか、届きません (SERVFAIL)"};
    case 4:
      return {"the name server does not know how (NOTIMP)",
              "ネームサーバーが対応していません (NOTIMP)"};
    case 5:
      return {"the name server refuses to answer (REFUSED)",
              "ネームサーバーが応答を拒否しました (REFUSED)"};
    default: return {"the name server fails", "ネームサーバーが失敗しました"};
  }
}

/// In practice the zone's owner let signatures run out far more often than somebody forges; when it
/// is every domain, it is us.
Told bogus_text(const char* why) {
  return told(
      Words{"DNSSEC: not genuine, or its signatures are out of date ({0}); the owner of the zone "
            "must mend it; if many domains fail so, check this machine's clock and "
            "dns.trust_anchor",
            "DNSSEC: 本物ではないか、署名の期限が切れています ({0})。ゾーンの所有者が直す必要が"
            "あります。多くのドメインで起きるなら、このマシンの時計と dns.trust_anchor を確認して"
            "ください"},
      why != nullptr ? why : "validation failed");
}

Answer answer_of(const ub_result& result) {
  Answer out;
  out.secure = result.secure != 0;
  out.ttl_s = static_cast<std::uint32_t>(std::max(result.ttl, 0));
  if (result.canonname != nullptr) out.canonical_name = result.canonname;
  if (out.canonical_name.ends_with('.')) out.canonical_name.pop_back();
  if (result.bogus != 0) {
    out.status = Answer::Status::kBogus;
    out.why = bogus_text(result.why_bogus);
  } else if (result.havedata != 0) {
    out.status = Answer::Status::kFound;
    for (std::size_t i = 0; result.data[i] != nullptr; ++i) {
      out.records.emplace_back(result.data[i], static_cast<std::size_t>(result.len[i]));
    }
  } else if (result.nxdomain != 0) {
    out.status = Answer::Status::kNxDomain;
  } else if (result.rcode == 0) {
    out.status = Answer::Status::kNoData;
  } else {
    out.why = told(rcode_words(result.rcode));
  }
  return out;
}

/// The name in the form that unbound reads: odd octets as \DDD (RFC 1035 §5.1).
std::string presentation(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '_' || c == '.' || c == '/' || c == '+' || c == '=';
    if (plain) {
      out += c;
    } else {
      out += fmt::format("\\{:03}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

/// libunbound, used by one thread of its own: it hands in questions, takes answers and watches
/// deadlines. libunbound makes another thread, which does the work.
class UnboundResolver final : public Resolver {
 public:
  explicit UnboundResolver(ContextPtr context)
      : context_(std::move(context)), wake_fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    HK_ASSERT(wake_fd_ >= 0);
    thread_ = net::start_thread("dns", [this] { run(); });
  }
  UnboundResolver(const UnboundResolver&) = delete;
  UnboundResolver& operator=(const UnboundResolver&) = delete;
  ~UnboundResolver() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake();
    thread_.join();
    context_.reset();
    ::close(wake_fd_);
  }

  Task<Answer> query(std::string name, Type type, Duration patience) override {
    Ask ask;
    ask.resolver = this;
    ask.name = std::move(name);
    ask.type = type;
    ask.deadline = std::chrono::steady_clock::now() + patience;
    co_await ask;
    co_return std::move(ask.answer);
  }

 private:
  struct Ask : Question {
    UnboundResolver* resolver = nullptr;
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> h) {
      handle = h;
      home = Executor::current();
      HK_ASSERT(home != nullptr);
      return resolver->submit(this);
    }
    void await_resume() const noexcept {}
  };

  void wake() const {
    const std::uint64_t one = 1;
    // A full counter wakes as well.
    [[maybe_unused]] const auto written = ::write(wake_fd_, &one, sizeof one);
  }

  /// False: the question has its answer already.
  bool submit(Question* question) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_ || waiting_.size() >= kWaitingMax) {
        question->answer = failed(
            told(stopping_ ? kStopping : Words{"too many questions wait", "質問が多すぎます"}));
        return false;
      }
      waiting_.push_back(question);
      // Once it can be seen, the thread may answer, and the question be gone: no touch after this.
    }
    wake();
    return true;
  }

  void run() {
    here = this;
    for (;;) {
      pollfd ready[] = {{wake_fd_, POLLIN, 0}, {ub_fd(context_.get()), POLLIN, 0}};
      ::poll(ready, 2, milliseconds_to_next_deadline());
      std::uint64_t count = 0;
      [[maybe_unused]] const auto got = ::read(wake_fd_, &count, sizeof count);
      ub_process(context_.get());
      expire(std::chrono::steady_clock::now());
      if (!hand_in()) break;
    }
    here = nullptr;
  }

  /// Gives waiting questions to unbound. False at the end.
  bool hand_in() {
    std::deque<Question*> questions;
    bool stopping = false;
    {
      const std::lock_guard lock(mutex_);
      stopping = stopping_;
      while (!waiting_.empty() && (stopping || active_.size() + questions.size() < kActiveMax)) {
        questions.push_back(waiting_.front());
        waiting_.pop_front();
      }
    }
    if (!stopping) {
      for (Question* question : questions) begin(question);
      return true;
    }
    for (const auto& [number, active] : active_) {
      ub_cancel(context_.get(), active.unbound_id);
      finish(active.question, failed(told(kStopping)));
    }
    active_.clear();
    for (Question* question : questions) finish(question, failed(told(kStopping)));
    return false;
  }

  void begin(Question* question) {
    const std::uintptr_t number = ++last_number_;
    int id = 0;
    const int error = ub_resolve_async(context_.get(), presentation(question->name).c_str(),
                                       static_cast<int>(question->type), 1,
                                       reinterpret_cast<void*>(number), on_result, &id);
    if (error == UB_NOERROR) {
      active_.emplace(number, Active{question, id});
      earliest_ = std::min(earliest_, question->deadline);
    } else {
      finish(question, answer_of_error(error));
    }
  }

  static void finish(Question* question, Answer answer) {
    question->answer = std::move(answer);
    question->home->post(question);
  }

  void expire(SteadyTime now) {
    if (now < earliest_) return;
    earliest_ = SteadyTime::max();
    for (auto it = active_.begin(); it != active_.end();) {
      const auto& [question, unbound_id] = it->second;
      if (question->deadline > now) {
        earliest_ = std::min(earliest_, question->deadline);
        ++it;
        continue;
      }
      ub_cancel(context_.get(), unbound_id);
      finish(question, failed(told(kNoAnswer)));
      it = active_.erase(it);
    }
  }

  /// For poll(2): -1 = none. May be early: the question that had it is answered.
  [[nodiscard]] int milliseconds_to_next_deadline() const {
    if (active_.empty()) return -1;
    const auto left = earliest_ - std::chrono::steady_clock::now();
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    return static_cast<int>(std::clamp<std::int64_t>(ms, 0, 60'000));
  }

  /// Called by ub_process(), so on our thread. A number, not a pointer, says which question it is:
  /// it may have been answered by its deadline.
  static void on_result(void* number, int error, ub_result* result) {
    auto& active = here->active_;
    const auto found = active.find(reinterpret_cast<std::uintptr_t>(number));
    if (found != active.end()) {
      finish(found->second.question,
             error == UB_NOERROR ? answer_of(*result) : answer_of_error(error));
      active.erase(found);
    }
    ub_resolve_free(result);
  }

  static thread_local UnboundResolver* here;

  ContextPtr context_;
  int wake_fd_;
  std::thread thread_;
  std::mutex mutex_;
  std::deque<Question*> waiting_;
  bool stopping_ = false;
  // From here on: the thread's own.
  struct Active {
    Question* question = nullptr;
    int unbound_id = 0;
  };
  std::unordered_map<std::uintptr_t, Active> active_;
  std::uintptr_t last_number_ = 0;
  SteadyTime earliest_ = SteadyTime::max();  ///< no deadline is before it
};

thread_local UnboundResolver* UnboundResolver::here = nullptr;

Status check(int error, const Told& what) {
  if (error == UB_NOERROR) return {};
  return permanent(told(Words{"dns: {0}: {1}", "dns: {0}: {1}"}, what, ub_strerror(error)));
}

/// `key` is that of the configuration.
Status check_file(const std::string& path, std::string_view key) {
  if (path.empty() || ::access(path.c_str(), R_OK) == 0) return {};
  return permanent(
      told(Words{"dns: can not read the file {0} of dns.{1}: {2}; correct the path",
                 "dns: dns.{1} のファイル {0} を読めません: {2}。パスを直してください"},
           path, key, system_told(errno)));
}

Status set_option(ub_ctx* context, const char* name, const char* value) {
  return check(ub_ctx_set_option(context, name, value), verbatim(name));
}

Status configure(ub_ctx* context, const Options& options) {
  ub_ctx_debugout(context, nullptr);  // what is wrong is in our answers
  ub_ctx_debuglevel(context, 0);
  HK_TRY(check(ub_ctx_async(context, 1),
               told(Words{"starting its thread", "スレッドを開始できません"})));
  // A forwarder may be a resolver on this machine.
  HK_TRY(set_option(context, "do-not-query-localhost:", "no"));
  HK_TRY(set_option(context, "do-ip6:", options.ipv6 ? "yes" : "no"));
  HK_TRY(set_option(context, "outgoing-range:", "256"));
  HK_TRY(set_option(context, "num-queries-per-thread:", "512"));
  HK_TRY(set_option(context, "qname-minimisation:", "yes"));
  // Mail is routed by it: better an old answer is asked for again than kept for days.
  HK_TRY(set_option(context, "cache-max-ttl:", "14400"));
  HK_TRY(set_option(context, "cache-max-negative-ttl:", "900"));
  // After an outage of ours every server, the root's too, counts as dead, by default for 15 minutes
  // and without another try.
  HK_TRY(set_option(context, "infra-keep-probing:", "yes"));
  HK_TRY(set_option(context, "infra-host-ttl:", "60"));
  HK_TRY(set_option(context, "infra-cache-max-rtt:", "10000"));
  HK_TRY(check_file(options.root_hints_file, "root_hints"));
  if (!options.root_hints_file.empty()) {
    HK_TRY(set_option(context, "root-hints:", options.root_hints_file.c_str()));
  }
  HK_TRY(check_file(options.trust_anchor_file, "trust_anchor"));
  if (!options.trust_anchor_file.empty()) {
    HK_TRY(check(ub_ctx_add_ta_file(context, options.trust_anchor_file.c_str()),
                 verbatim(options.trust_anchor_file)));
  }
  for (const auto& forwarder : options.forwarders) {
    HK_TRY(check(
        ub_ctx_set_fwd(context, forwarder.c_str()),
        told(Words{"the forwarder \"{0}\" is no address; write 192.0.2.1 or 192.0.2.1@5353",
                   "forwarder \"{0}\" はアドレスではありません。192.0.2.1 か 192.0.2.1@5353 の"
                   "ように書いてください"},
             forwarder)));
  }
  return {};
}

/// The first of these calls ends the configuration, so that whatever is wrong in it shows here.
Status add_local_data(ub_ctx* context, const Options& options) {
  for (const auto& zone : options.local_zones) {
    HK_TRY(check(ub_ctx_zone_add(context, zone.c_str(), "static"),
                 verbatim("local zone '" + zone + "'")));
  }
  for (const auto& record : options.local_zone_data) {
    HK_TRY(
        check(ub_ctx_data_add(context, record.c_str()), verbatim("local record '" + record + "'")));
  }
  return check(ub_ctx_data_remove(context, "hikyaku.invalid."),
               told(Words{"the configuration can not be used; see root hints and trust anchor",
                          "設定を使えません。root_hints と trust_anchor を確認してください"}));
}

}  // namespace

Result<std::unique_ptr<Resolver>> make_unbound_resolver(Options options) {
  ContextPtr context(ub_ctx_create());
  if (!context)
    return retry_later(
        Words{"dns: no memory for the resolver", "dns: リゾルバーのためのメモリがありません"});
  HK_TRY(configure(context.get(), options));
  HK_TRY(add_local_data(context.get(), options));
  return std::make_unique<UnboundResolver>(std::move(context));
}

std::string find_trust_anchor() {
  constexpr const char* kPath = "/usr/share/dns/root.key";
  return ::access(kPath, R_OK) == 0 ? kPath : "";
}

}  // namespace hikyaku::dns
