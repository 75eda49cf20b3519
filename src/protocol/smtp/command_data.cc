// SPDX-License-Identifier: Apache-2.0
#include "base/assert.h"
#include "protocol/smtp/verb.h"

namespace hikyaku::smtp {
namespace {

void data_accepted(ServerState& state, const Reply* reply) {
  state.reply(reply != nullptr ? *reply : Reply{354, {}, "end data with <CR><LF>.<CR><LF>"});
  if (state.closed()) return;
  state.phase = ServerState::Phase::kData;
  state.data.emplace(state.config->bare_cr, state.config->text_line_octets_max);
  state.data_refusal.reset();
  state.close_after_data = false;
}

void data_refused(ServerState& state, const Reply& reply) {
  state.reply(reply);
  state.drop_mail();
}

constexpr Question kBegin{data_accepted, data_refused};

void end_accepted(ServerState& state, const Reply* reply) {
  const Reply ok = reply != nullptr ? *reply : Reply{250, {2, 0, 0}, "message accepted"};
  finish_data(state, {&ok, 1});
}

void end_refused(ServerState& state, const Reply& reply) { finish_data(state, {&reply, 1}); }

constexpr Question kEnd{end_accepted, end_refused};

}  // namespace

std::optional<Reply> data_objection(const ServerState& state) {
  switch (state.data->fault()) {
    case DataReader::Fault::kNone: break;
    case DataReader::Fault::kBareLf: return refusal(reason::kDataBareLf);
    case DataReader::Fault::kBareCr: return refusal(reason::kDataBareCr);
    case DataReader::Fault::kNul: return refusal(reason::kDataNul);
    case DataReader::Fault::kLineLong: return refusal(reason::kDataLineLong);
  }
  if (state.data->octets() > state.config->message_octets_max) {
    return refusal(reason::kDataTooBig);
  }
  return std::nullopt;
}

Reaction ask_for_end(ServerState& state) {
  state.ask(kEnd);
  return DataEnd{*state.mail, state.data->octets()};
}

namespace {

/// Line ends that are not CRLF are how messages are smuggled: what follows such a message is not
/// taken for commands, whoever wrote it.
bool suspicious(DataReader::Fault fault) {
  return fault == DataReader::Fault::kBareLf || fault == DataReader::Fault::kBareCr ||
         fault == DataReader::Fault::kNul;
}

/// What is said at the end of refused data. A fault goes before the size, so that it is the same
/// however the octets were cut.
Reply verdict(const ServerState& state) {
  const auto now = data_objection(state);
  return now ? *now : *state.data_refusal;
}

void finish_refused(ServerState& state) {
  const Reply reply = verdict(state);
  finish_data(state, {&reply, 1});
}

/// Looks at what came last. A refused message is told to the shell at once, and its rest dropped.
std::optional<Reaction> look(ServerState& state) {
  if (suspicious(state.data->fault())) state.close_after_data = true;
  if (state.data_refusal) return std::nullopt;
  state.data_refusal = data_objection(state);
  if (!state.data_refusal) return std::nullopt;
  return DataAborted{*state.data_refusal};
}

}  // namespace

std::optional<Reaction> read_data(ServerState& state) {
  for (;;) {
    const auto step = state.data->read(state.input);
    if (auto aborted = look(state)) {
      if (step != DataReader::Step::kEnd) return aborted;
      finish_refused(state);
      return aborted;
    }
    switch (step) {
      case DataReader::Step::kNeedMore: return NeedInput{};
      case DataReader::Step::kChunk:
        if (!state.data_refusal) return DataChunk{state.data->chunk()};
        if (state.data->octets() >
            state.config->message_octets_max + state.config->drain_octets_max) {
          state.close_after_data = true;
          finish_refused(state);
          return std::nullopt;
        }
        break;
      case DataReader::Step::kEnd:
        if (!state.data_refusal) return ask_for_end(state);
        finish_refused(state);
        return std::nullopt;
    }
  }
}

void finish_data(ServerState& state, std::span<const Reply> replies) {
  HK_ASSERT(!replies.empty());
  // RFC 2033 §4.2: one reply for each RCPT that was accepted, in their order.
  const std::size_t count = state.lmtp() ? state.mail->recipients.size() : 1;
  bool taken = false;
  bool closing = false;
  for (std::size_t i = 0; i < count; ++i) {
    const Reply& reply = replies[replies.size() == 1 ? 0 : i];
    append_wire(reply, Enhanced::kWrite, state.output);
    taken = taken || reply.positive();
    closing = closing || reply.code == 421;
  }
  if (taken) ++state.messages;
  state.mail.reset();  // the shell knows: no Reset
  state.rcpt_seen = false;
  state.data.reset();
  state.data_refusal.reset();
  state.phase = ServerState::Phase::kCommand;
  if (closing) state.close(CloseReason::kRefused);
  if (state.close_after_data) state.close(CloseReason::kProtocol);
}

namespace verb {
namespace {

std::optional<Reaction> run(ServerState& state, std::string_view args) {
  if (!args.empty()) {
    state.mistake(reason::kBadArgument);
  } else if (!state.mail) {
    state.mistake(state.hello.empty() ? reason::kHelloFirst : reason::kMailFirst);
  } else if (state.data) {
    state.mistake(reason::kBadSequence);  // RFC 3030 §2: not in the same transaction as BDAT
  } else if (state.mail->recipients.empty()) {
    // RFC 5321 §3.3: 503 or 554; RFC 2033 §4.2 wants 503.
    state.mistake(state.rcpt_seen && !state.lmtp() ? reason::kNoRecipients : reason::kRcptFirst);
  } else {
    state.ask(kBegin);
    return DataBegin{*state.mail};
  }
  return std::nullopt;
}

}  // namespace

// RFC 5321 §4.1.1.4
constinit const Verb kData{"DATA", run};

}  // namespace verb
}  // namespace hikyaku::smtp
