// SPDX-License-Identifier: Apache-2.0
// What a summary costs: a small message as it comes (target: 10 to 20 µs), large ones by octet.
#include <benchmark/benchmark.h>

#include <string>

#include "protocol/mime/summarizer.h"
#include "protocol/mime/text.h"

namespace hikyaku::mime {
namespace {

constexpr std::string_view kHeader =
    "Return-Path: <sender@example.org>\r\n"
    "Received: from mail.example.org (mail.example.org [192.0.2.1])\r\n\tby mx.example.net with "
    "ESMTPS id 4f2a; Fri, 21 Nov 1997 09:55:06 -0600\r\n"
    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=s1;\r\n"
    "\th=from:to:subject:date; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\r\n"
    "\tb=dzdVyOfAKCdLXdJOc9G2q8LoXSlEniSbav+yuU4zGeeruD00lszZVoG4ZHRNiYzR\r\n"
    "From: \"Sender, The\" <sender@example.org>\r\n"
    "To: Alice <alice@example.net>, Bob <bob@example.net>\r\n"
    "Cc: list@example.net\r\n"
    "Subject: =?utf-8?Q?A_plain_example_with_=C3=A9?=\r\n"
    "Date: Fri, 21 Nov 1997 09:55:06 -0600\r\n"
    "Message-ID: <1234@local.machine.example>\r\n"
    "In-Reply-To: <3456@example.net>\r\nReferences: <1@example.net> <3456@example.net>\r\n"
    "MIME-Version: 1.0\r\n";

std::string lines_of_text(std::size_t octets) {
  std::string out;
  while (out.size() < octets) {
    out += "The quick brown fox jumps over the lazy dog and runs on - through the woods.\r\n";
  }
  return out;
}

std::string plain(std::size_t octets) {
  return std::string(kHeader) + "Content-Type: text/plain; charset=utf-8\r\n\r\n" +
         lines_of_text(octets - 1200);
}

std::string multipart(std::size_t octets) {
  return std::string(kHeader) +
         "Content-Type: multipart/mixed; boundary=\"=_abc\"\r\n\r\n--=_abc\r\n"
         "Content-Type: text/plain; charset=utf-8\r\n\r\nHello\r\n--=_abc\r\n"
         "Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n"
         "Content-Disposition: attachment; filename=a.pdf\r\n\r\n" +
         encode_transfer(TransferEncoding::kBase64, std::string((octets - 1600) / 4 * 3, 'x')) +
         "\r\n--=_abc--\r\n";
}

void summarize_message(benchmark::State& state, const std::string& message) {
  for (auto _ : state) benchmark::DoNotOptimize(summarize(message));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(message.size()));
}

void search_message(benchmark::State& state, const std::string& message) {
  const auto summary = summarize(message);
  for (auto _ : state) {
    TextMatcher matcher({"not there"});
    TextExtractor extractor(summary.structure, TextScope::kText);
    const auto sink = [&](std::string_view text, TextExtractor::Piece piece) {
      matcher.push(text);
      if (piece == TextExtractor::Piece::kEnd) matcher.end_of_text();
    };
    extractor.push(message, sink);
    extractor.finish(sink);
    benchmark::DoNotOptimize(matcher.all_matched());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(message.size()));
}

void stored_structure(benchmark::State& state) {
  const auto stored = encode(summarize(multipart(4096)).structure);
  for (auto _ : state) benchmark::DoNotOptimize(decode_structure(stored));
}

BENCHMARK_CAPTURE(summarize_message, plain_4k, plain(4096));
BENCHMARK_CAPTURE(summarize_message, multipart_4k, multipart(4096));
BENCHMARK_CAPTURE(summarize_message, plain_100k, plain(102'400));
BENCHMARK_CAPTURE(summarize_message, multipart_100k, multipart(102'400));
BENCHMARK_CAPTURE(summarize_message, multipart_10m, multipart(10'485'760));
BENCHMARK_CAPTURE(search_message, plain_4k, plain(4096));
BENCHMARK_CAPTURE(search_message, plain_100k, plain(102'400));
BENCHMARK(stored_structure);

}  // namespace
}  // namespace hikyaku::mime

BENCHMARK_MAIN();
