// SPDX-License-Identifier: Apache-2.0
// Goal: base64 and quoted-printable are undone and made as RFC 2045 says, in any chunking, and
// faults of the wild lose as little as possible.
#include "protocol/mime/transfer_encoding.h"

#include <gtest/gtest.h>

#include <random>

namespace hikyaku::mime {
namespace {

using enum TransferEncoding;

std::string decoded_in(TransferEncoding e, std::string_view in, std::size_t chunk) {
  TransferDecoder d(e);
  std::string out;
  for (std::size_t i = 0; i < in.size(); i += chunk) d.decode(in.substr(i, chunk), out);
  d.finish(out);
  return out;
}

std::string encoded_in(TransferEncoding e, std::string_view in, std::size_t chunk) {
  TransferEncoder enc(e);
  std::string out;
  for (std::size_t i = 0; i < in.size(); i += chunk) enc.encode(in.substr(i, chunk), out);
  enc.finish(out);
  return out;
}

struct Case {
  TransferEncoding encoding;
  std::string_view in;
  std::string_view out;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {kBase64, "", ""},
      {kBase64, "Zg==", "f"},  // RFC 4648 §10
      {kBase64, "Zm8=", "fo"},
      {kBase64, "Zm9v", "foo"},
      {kBase64, "Zm9vYg==", "foob"},
      {kBase64, "Zm9vYmE=", "fooba"},
      {kBase64, "Zm9vYmFy", "foobar"},
      {kBase64, "Zm9v\r\nYmFy\r\n", "foobar"},
      {kBase64, "Zm 9v!Ym\tFy", "foobar"},  // RFC 2045 §6.8: others are ignored
      {kBase64, "Zg==Zm8=", "ffo"},         // pieces joined
      {kBase64, "Zm9vYg", "foob"},          // no padding
      {kBase64, "Zm9vY", "foo"},
      {kQuotedPrintable, "a=3Db=3db", "a=b=b"},
      // RFC 2045 §6.7 (5)
      {kQuotedPrintable, "Now's the time =\r\nfor all folk to come=\r\n to the aid.",
       "Now's the time for all folk to come to the aid."},
      {kQuotedPrintable, "trailing  \t\r\nnext ", "trailing\r\nnext"},
      {kQuotedPrintable, "soft=  \r\nbreak", "softbreak"},
      {kQuotedPrintable, "soft=\nbreak\n", "softbreak\n"},
      {kQuotedPrintable, "wrong =XY =4", "wrong =XY =4"},
      {kQuotedPrintable, "=4\r\nx", "=4\r\nx"},
      {kQuotedPrintable, "end=", "end"},
      {kQuotedPrintable, "==41", "=A"},
      {kQuotedPrintable, "bare\rCR", "bare\rCR"},
      {kQuotedPrintable, "=C3=A9 8bit \xc3\xa9", "\xc3\xa9 8bit \xc3\xa9"},
      {k8Bit, "as =41 is", "as =41 is"},
      {kUnknown, "as =41 is", "as =41 is"},
  };
  return all;
}

TEST(TransferEncoding, DecodesInAnyChunking) {
  for (const auto& c : cases()) {
    for (std::size_t chunk = 1; chunk <= c.in.size() + 1; ++chunk) {
      EXPECT_EQ(decoded_in(c.encoding, c.in, chunk), c.out) << c.in << " by " << chunk;
    }
  }
}

TEST(TransferEncoding, EveryCutOfTheInputInTwoIsTheSame) {
  for (const auto& c : cases()) {
    for (std::size_t n = 0; n <= c.in.size(); ++n) {
      TransferDecoder d(c.encoding);
      std::string out;
      d.decode(c.in.substr(0, n), out);
      d.decode(c.in.substr(n), out);
      d.finish(out);
      EXPECT_EQ(out, c.out) << c.in << " at " << n;
    }
  }
}

TEST(TransferEncoding, EncodedOctetsComeBack) {
  std::minstd_rand random(7);
  for (int round = 0; round < 200; ++round) {
    std::string octets(random() % 400, '\0');
    constexpr std::string_view kOften = "a =.\tF";
    for (auto& c : octets) {
      const auto any = static_cast<char>(random() % 256);
      c = random() % 4 == 0 ? any : kOften[random() % kOften.size()];
    }
    // Line ends are CRLF in quoted-printable text: no bare ones in the sample.
    for (auto& c : octets) {
      if (c == '\n') c = 'x';
    }
    for (const auto e : {kBase64, kQuotedPrintable}) {
      const auto encoded = encode_transfer(e, octets);
      EXPECT_EQ(decode_transfer(e, encoded), octets) << encoded;
      EXPECT_EQ(encoded_in(e, octets, 1 + random() % 9), encoded);
      for (std::size_t at = 0; at < encoded.size();) {
        const auto end = std::min(encoded.find("\r\n", at), encoded.size());
        EXPECT_LE(end - at, 76U);
        for (std::size_t i = at; i < end; ++i)
          EXPECT_LT(static_cast<unsigned char>(encoded[i]), 127);
        at = end + 2;
      }
    }
  }
}

TEST(TransferEncoding, QuotedPrintableKeepsLinesAndHidesWhatRelaysSpoil) {
  EXPECT_EQ(encode_transfer(kQuotedPrintable, "a\nb \r\n.\r\nFrom x\r\n"),
            "a\r\nb=20\r\n=2E\r\n=46rom x\r\n");
}

TEST(TransferEncoding, KnowsItsNames) {
  EXPECT_EQ(transfer_encoding("BASE64"), kBase64);
  EXPECT_EQ(transfer_encoding("Quoted-Printable"), kQuotedPrintable);
  EXPECT_EQ(transfer_encoding("x-uuencode"), kUnknown);
  EXPECT_EQ(transfer_encoding(""), kUnknown);
}

}  // namespace
}  // namespace hikyaku::mime
