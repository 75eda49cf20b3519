// SPDX-License-Identifier: Apache-2.0
// What the pure part of FETCH and SEARCH costs: the mark is a few ms for 10,000 envelopes.
#include <benchmark/benchmark.h>

#include "protocol/imap/response/envelope.h"
#include "protocol/imap/response/fetch.h"
#include "protocol/imap/server_reader.h"

namespace hikyaku::imap {
namespace {

constexpr std::uint32_t kMessages = 10'000;
/// The server sends its buffer when it has this much: what is measured is writing, not new memory.
constexpr std::size_t kOutputOctets = 64 * 1024;

/// Counts what would be sent.
void send_some(std::string& out, std::int64_t& sent) {
  if (out.size() < kOutputOctets) return;
  sent += static_cast<std::int64_t>(out.size());
  benchmark::DoNotOptimize(out.data());
  out.clear();
}

mime::Envelope sample_envelope() {
  mime::Envelope envelope;
  envelope.date = "Wed, 17 Jul 1996 02:23:25 -0700 (PDT)";
  envelope.subject = "Re: IMAP4rev2 WG mtg summary and minutes";
  mime::Address address;
  address.name = "Terry Gray";
  address.local_part = "gray";
  address.domain = "cac.washington.edu";
  envelope.from = envelope.to = envelope.cc = {address};
  envelope.in_reply_to = "<B27397-0100000@cac.washington.ed>";
  envelope.message_id = "<B27398-0100000@cac.washington.ed>";
  return envelope;
}

void fetch_envelopes(benchmark::State& state) {
  const mime::Envelope envelope = sample_envelope();
  std::string text;
  std::string out;
  std::int64_t sent = 0;
  for (auto _ : state) {
    for (std::uint32_t i = 1; i <= kMessages; ++i) {
      text.clear();
      append_envelope(text, envelope);
      FetchWriter writer(out, i);
      writer.uid(Uid(i)).flags(SystemFlag::kSeen, {}).envelope(text).finish();
      send_some(out, sent);
    }
  }
  state.SetBytesProcessed(sent);
}
BENCHMARK(fetch_envelopes)->Unit(benchmark::kMillisecond);

void fetch_kept_envelopes(benchmark::State& state) {
  std::string text;
  append_envelope(text, sample_envelope());
  std::string out;
  std::int64_t sent = 0;
  for (auto _ : state) {
    for (std::uint32_t i = 1; i <= kMessages; ++i) {
      FetchWriter writer(out, i);
      writer.uid(Uid(i)).flags(SystemFlag::kSeen, {}).envelope(text).finish();
      send_some(out, sent);
    }
  }
  state.SetBytesProcessed(sent);
}
BENCHMARK(fetch_kept_envelopes)->Unit(benchmark::kMillisecond);

void read_commands(benchmark::State& state) {
  for (auto _ : state) {
    ServerReader reader;
    reader.set_state(State::kSelected);
    for (int i = 0; i < 1000; ++i)
      reader.feed("a1 UID FETCH 1:*,17 (FLAGS BODY.PEEK[HEADER.FIELDS (FROM TO)])\r\n");
    while (!std::holds_alternative<NeedInput>(reader.next())) {
    }
  }
  state.SetItemsProcessed(state.iterations() * 1000);
}
BENCHMARK(read_commands);

void read_append(benchmark::State& state) {
  const std::string chunk(16 * 1024, 'x');
  for (auto _ : state) {
    ServerReader reader;
    reader.set_state(State::kSelected);
    reader.feed("a APPEND x {16777216+}\r\n");
    for (int i = 0; i < 1024; ++i) {
      reader.feed(chunk);
      while (true) {
        const Reaction reaction = reader.next();
        if (std::holds_alternative<AppendBegin>(reaction)) reader.accept_append();
        if (std::holds_alternative<NeedInput>(reaction)) break;
        if (std::holds_alternative<AppendMessageEnd>(reaction)) break;
      }
    }
  }
  state.SetBytesProcessed(state.iterations() * (16 << 20));
}
BENCHMARK(read_append);

}  // namespace
}  // namespace hikyaku::imap

BENCHMARK_MAIN();
