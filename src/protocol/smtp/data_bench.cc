// SPDX-License-Identifier: Apache-2.0
// How fast data is unstuffed and stuffed, beside a memchr() for each line end as the mark.
#include <benchmark/benchmark.h>

#include <cstring>
#include <string>

#include "protocol/smtp/data_reader.h"
#include "protocol/smtp/dot_stuffer.h"

namespace hikyaku::smtp {
namespace {

std::string text(std::size_t line_octets) {
  std::string out;
  while (out.size() < (1 << 20)) {
    out += std::string(line_octets - 2, 'x');
    out += "\r\n";
    if (out.size() % 40 == 0) out += ".dot\r\n";
  }
  return out;
}

void memchr_lines(benchmark::State& state) {
  const std::string in = text(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    const char* p = in.data();
    const char* const end = p + in.size();
    std::size_t lines = 0;
    while (const void* hit = std::memchr(p, '\n', static_cast<std::size_t>(end - p))) {
      p = static_cast<const char*>(hit) + 1;
      ++lines;
    }
    benchmark::DoNotOptimize(lines);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(in.size()));
}
BENCHMARK(memchr_lines)->Arg(40)->Arg(78)->Arg(500);

void unstuff(benchmark::State& state) {
  std::string wire;
  DotStuffer stuffer;
  stuffer.write(text(static_cast<std::size_t>(state.range(0))), wire);
  stuffer.finish(wire);
  for (auto _ : state) {
    DataReader reader(BareCr::kKeep, 1 << 20);
    std::string_view in = wire;
    std::size_t octets = 0;
    while (reader.read(in) == DataReader::Step::kChunk) octets += reader.chunk().size();
    benchmark::DoNotOptimize(octets);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(wire.size()));
}
BENCHMARK(unstuff)->Arg(40)->Arg(78)->Arg(500);

void stuff(benchmark::State& state) {
  const std::string in = text(static_cast<std::size_t>(state.range(0)));
  std::string out;
  for (auto _ : state) {
    out.clear();
    DotStuffer stuffer;
    stuffer.write(in, out);
    stuffer.finish(out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(in.size()));
}
BENCHMARK(stuff)->Arg(40)->Arg(78)->Arg(500);

}  // namespace
}  // namespace hikyaku::smtp

BENCHMARK_MAIN();
