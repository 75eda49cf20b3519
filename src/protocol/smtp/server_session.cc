// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/server_session.h"

#include "base/assert.h"
#include "protocol/smtp/server_state.h"
#include "protocol/smtp/verb.h"

namespace hikyaku::smtp {
namespace {

using Phase = ServerState::Phase;

/// More output than this is written before more commands are read: memory stays bounded.
constexpr std::size_t kOutputOctetsMax = 16384;

void greeting_accepted(ServerState& state, const Reply* reply) {
  const std::string protocol = state.lmtp() ? " LMTP " : " ESMTP ";
  state.reply(reply != nullptr
                  ? *reply
                  : Reply{220, {}, state.config->host + protocol + state.config->banner},
              Enhanced::kOmit);
  if (!state.closed()) state.phase = Phase::kCommand;
}

void greeting_refused(ServerState& state, const Reply& reply) {
  state.reply(reply, Enhanced::kOmit);
  if (!state.closed()) state.phase = Phase::kRefused;
}

constexpr Question kGreeting{greeting_accepted, greeting_refused};

std::optional<Reaction> run_line(ServerState& state, std::string_view line) {
  if (state.phase == Phase::kAuth) return run_auth_line(state, line);
  while (line.ends_with(' ')) line.remove_suffix(1);
  const std::size_t space = line.find(' ');
  const std::string_view name = line.substr(0, space);
  const std::string_view args =
      space == std::string_view::npos ? std::string_view() : line.substr(space + 1);
  for (const Verb* verb : verbs()) {
    if (!equal_ignoring_case(verb->name, name)) continue;
    if (state.phase == Phase::kRefused && verb != &verb::kQuit) {
      state.mistake(reason::kBadSequence);  // RFC 5321 §3.1
      return std::nullopt;
    }
    if (line.size() + 2 > state.config->command_octets_max && verb != &verb::kAuth) break;
    return verb->run(state, args);
  }
  state.mistake(line.size() + 2 > state.config->command_octets_max ? reason::kLineLong
                                                                   : reason::kUnknownCommand);
  return std::nullopt;
}

void break_off(ServerState& state, const Reason& reason) {
  state.drop_mail();
  state.reply(refusal(reason));
  state.close(CloseReason::kProtocol);
}

std::optional<Reaction> read_command(ServerState& state) {
  switch (state.lines.read(state.input)) {
    case CommandReader::Step::kNeedMore: return NeedInput{};
    case CommandReader::Step::kLine: return run_line(state, state.lines.line());
    case CommandReader::Step::kTooLong:
      if (state.phase == Phase::kAuth) {
        state.phase = Phase::kCommand;
        state.mistake(reason::kAuthLineLong);  // RFC 4954 §4
        return AuthAborted{};
      }
      state.mistake(reason::kLineLong);
      return std::nullopt;
    case CommandReader::Step::kBareCr: break_off(state, reason::kCommandBareCr); break;
    case CommandReader::Step::kBareLf: break_off(state, reason::kCommandBareLf); break;
    case CommandReader::Step::kNul: break_off(state, reason::kCommandNul); break;
  }
  return std::nullopt;
}

std::optional<Reaction> read(ServerState& state) {
  if (state.phase == Phase::kData) return read_data(state);
  if (state.phase == Phase::kChunk) return read_chunk(state);
  return read_command(state);
}

/// We stop, or the shell wants the end: said between two commands.
void say_last_words(ServerState& state) {
  state.drop_mail();
  state.reply(state.last_words ? *state.last_words : refusal(reason::kShuttingDown));
  state.close(state.last_words ? CloseReason::kRefused : CloseReason::kShutdown);
}

const Question* take_question(ServerState& state) {
  HK_ASSERT(state.question != nullptr);
  return std::exchange(state.question, nullptr);
}

}  // namespace

ServerSession::ServerSession(const ServerConfig& config, TlsFacts tls)
    : state_(std::make_unique<ServerState>(config, tls.active)) {}
ServerSession::ServerSession(ServerSession&&) noexcept = default;
ServerSession& ServerSession::operator=(ServerSession&&) noexcept = default;
ServerSession::~ServerSession() = default;

void ServerSession::feed(std::string_view octets) {
  HK_ASSERT(state_->input.empty());
  if (!state_->closed()) state_->input = octets;
}

void ServerSession::keep_input() {
  ServerState& s = *state_;
  if (s.input.empty() ||
      s.input.data() + s.input.size() == s.kept_input.data() + s.kept_input.size()) {
    return;
  }
  s.kept_input = std::string(s.input);
  s.input = s.kept_input;
}

Reaction ServerSession::next() {
  ServerState& s = *state_;
  HK_ASSERT(s.question == nullptr && s.phase != Phase::kHandshake);
  for (;;) {
    if (std::exchange(s.reset_due, false)) return Reset{};
    if (s.stopping && !s.closed() && !in_data()) {
      say_last_words(s);
      continue;
    }
    if (s.closed()) return Close{s.close_reason};
    if (s.output.size() > kOutputOctetsMax) return Flush{};
    if (s.phase == Phase::kGreeting) {
      s.ask(kGreeting);
      return NeedGreeting{};
    }
    if (auto reaction = read(s)) {
      if (std::holds_alternative<NeedInput>(*reaction)) std::string().swap(s.kept_input);
      return *reaction;
    }
  }
}

std::string ServerSession::take_output() { return std::exchange(state_->output, {}); }
bool ServerSession::has_output() const { return !state_->output.empty(); }

void ServerSession::accept() { take_question(*state_)->accepted(*state_, nullptr); }

void ServerSession::accept(Reply reply) {
  HK_ASSERT(reply.positive());
  take_question(*state_)->accepted(*state_, &reply);
}

void ServerSession::refuse(Reply reply) {
  HK_ASSERT(!reply.positive());
  take_question(*state_)->refused(*state_, reply);
}

void ServerSession::challenge(std::string_view octets) {
  take_question(*state_);
  auth_challenge(*state_, octets);
}

void ServerSession::authenticated() { accept(); }

void ServerSession::answer_each(std::span<const Reply> replies) {
  take_question(*state_);
  HK_ASSERT(state_->lmtp() && state_->mail && replies.size() == state_->mail->recipients.size());
  finish_data(*state_, replies);
}

void ServerSession::tls_started() {
  ServerState& s = *state_;
  HK_ASSERT(s.phase == Phase::kHandshake);
  s.tls = true;
  s.forget_client();
  s.phase = Phase::kCommand;
}

void ServerSession::can_bind_channel() {
  HK_ASSERT(state_->tls);
  state_->channel_binding = true;
}

void ServerSession::refuse_data(Reply reply) {
  HK_ASSERT(!reply.positive());
  if (in_data() && !state_->data_refusal) {
    state_->data_refusal = std::move(reply);
  }
}

void ServerSession::timed_out() {
  ServerState& s = *state_;
  if (s.closed()) return;
  if (s.phase == Phase::kData && s.data_refusal) {
    // The client waits for an answer to an end that is none (LF.LF): it gets the reason.
    const Reply reply = *s.data_refusal;
    finish_data(s, {&reply, 1});
  } else {
    s.drop_mail();
    s.reply(refusal(reason::kTimeout));
  }
  s.close(CloseReason::kTimeout);
}

void ServerSession::shut_down() { state_->stopping = true; }

void ServerSession::close_after(Reply reply) {
  state_->stopping = true;
  state_->last_words = std::move(reply);
}

std::chrono::seconds ServerSession::timeout() const {
  if (!in_data()) return state_->config->command_timeout;
  return state_->data_refusal ? state_->config->drain_timeout : state_->config->data_timeout;
}

bool ServerSession::in_data() const {
  return state_->phase == Phase::kData || state_->phase == Phase::kChunk;
}

bool ServerSession::idle() const {
  return state_->question == nullptr && !state_->mail && !in_data() &&
         state_->phase != Phase::kAuth && state_->input.empty();
}

std::string_view ServerSession::hello() const { return state_->hello; }
bool ServerSession::extended() const { return state_->extended; }
bool ServerSession::tls() const { return state_->tls; }
bool ServerSession::is_authenticated() const { return state_->authenticated; }
bool ServerSession::injected_before_tls() const { return state_->injected; }
std::size_t ServerSession::messages() const { return state_->messages; }
std::size_t ServerSession::errors() const { return state_->errors; }

}  // namespace hikyaku::smtp
