// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "protocol/smtp/extension.h"
#include "protocol/smtp/verb.h"

namespace hikyaku::smtp {
namespace {

void expect_chunk(ServerState& state) { state.phase = ServerState::Phase::kChunk; }

/// The octets are coming whatever we say (RFC 3030 §2): they are dropped first.
void refuse_chunk(ServerState& state, const Reply& reply) {
  state.data_refusal = reply;
  expect_chunk(state);
}

void begin_accepted(ServerState& state, const Reply* /*354 is DATA's*/) {
  state.data.emplace(state.config->bare_cr, state.config->text_line_octets_max);
  state.close_after_data = false;
  expect_chunk(state);
}

constexpr Question kBegin{begin_accepted, refuse_chunk};

/// Why no message may come now.
std::optional<Reply> not_now(const ServerState& state) {
  if (!state.mail) return refusal(state.hello.empty() ? reason::kHelloFirst : reason::kMailFirst);
  if (state.mail->recipients.empty())
    return refusal(state.rcpt_seen && !state.lmtp() ? reason::kNoRecipients : reason::kRcptFirst);
  const auto before = state.data ? state.data->octets() : 0;
  if (state.chunk_octets > state.config->message_octets_max - before)
    return refusal(reason::kDataTooBig);
  return std::nullopt;
}

/// RFC 3030 §2: chunk-size [SP end-marker]. False for anything else.
bool read_size(ServerState& state, std::string_view args) {
  const auto digits = args.substr(0, args.find(' '));
  const auto marker = args.substr(digits.size());
  const auto* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, state.chunk_octets);
  state.chunk_left = state.chunk_octets;
  state.chunk_last = equal_ignoring_case(marker, " LAST");
  return error == std::errc() && stop == end && (marker.empty() || state.chunk_last);
}

std::optional<Reaction> take(ServerState& state) {
  std::string_view piece =
      state.input.substr(0, std::min<std::uint64_t>(state.chunk_left, state.input.size()));
  state.input.remove_prefix(piece.size());
  state.chunk_left -= piece.size();
  if (state.data_refusal) return std::nullopt;
  std::ignore = state.data->read_counted(piece);
  if (state.chunk_last && state.chunk_left == 0) state.data->end_counted();
  state.data_refusal = data_objection(state);
  if (state.data_refusal) return DataAborted{*state.data_refusal};
  return DataChunk{state.data->chunk()};
}

/// The chunk that was refused is over. Further ones find no transaction.
void answer_refused(ServerState& state) {
  const Reply reply = *state.data_refusal;
  if (state.chunk_last && state.mail && state.data) {
    finish_data(state, {&reply, 1});
    return;
  }
  const bool out_of_order = !state.mail;
  state.phase = ServerState::Phase::kCommand;
  state.drop_mail();
  state.data_refusal.reset();
  out_of_order ? state.mistake(reply) : state.reply(reply);
}

}  // namespace

std::optional<Reaction> read_chunk(ServerState& state) {
  if (state.chunk_left != 0) {
    if (state.input.empty()) return NeedInput{};
    return take(state);
  }
  if (state.data_refusal) {
    answer_refused(state);
    return std::nullopt;
  }
  if (state.chunk_last) return ask_for_end(state);
  state.phase = ServerState::Phase::kCommand;
  state.reply({250, {2, 0, 0}, fmt::format("{} octets received", state.chunk_octets)});
  return std::nullopt;
}

namespace verb {
namespace {

std::optional<Reaction> run(ServerState& state, std::string_view args) {
  if (!read_size(state, args)) {
    // Nobody knows where the next command begins.
    state.reply(refusal(reason::kBadArgument, "BDAT"));
    state.close(CloseReason::kProtocol);
    return std::nullopt;
  }
  if (auto refused = not_now(state)) {
    if (state.chunk_octets > state.config->drain_octets_max) {
      state.drop_mail();
      state.reply(*refused);
      state.close(CloseReason::kProtocol);
    } else {
      refuse_chunk(state, *refused);
      if (state.data) return DataAborted{*refused};
    }
    return std::nullopt;
  }
  if (state.data) {
    expect_chunk(state);
    return std::nullopt;
  }
  state.ask(kBegin);
  return DataBegin{*state.mail};
}

}  // namespace

// RFC 3030 §2
constinit const Verb kBdat{"BDAT", run};

}  // namespace verb

namespace extension {

constinit const Extension kChunking{.keyword = "CHUNKING"};

}  // namespace extension
}  // namespace hikyaku::smtp
