// SPDX-License-Identifier: Apache-2.0
#include "protocol/mime/transfer_encoding.h"

#include <algorithm>
#include <array>

#include "protocol/mime/header.h"

namespace hikyaku::mime {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNone = 0xff;

constexpr auto kSextets = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(kNone);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    table[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return table;
}();

std::uint8_t sextet(char c) { return kSextets[static_cast<unsigned char>(c)]; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

void append_sextets(std::string_view octets, std::string& out) {
  const auto at = [&](std::size_t i) {
    return i < octets.size() ? static_cast<unsigned char>(octets[i]) : 0U;
  };
  for (std::size_t i = 0; i < octets.size(); i += 3) {
    const auto bits = at(i) << 16U | at(i + 1) << 8U | at(i + 2);
    out.push_back(kAlphabet[bits >> 18U]);
    out.push_back(kAlphabet[bits >> 12U & 63U]);
    out.push_back(i + 1 < octets.size() ? kAlphabet[bits >> 6U & 63U] : '=');
    out.push_back(i + 2 < octets.size() ? kAlphabet[bits & 63U] : '=');
  }
}

/// Longest run of escapes and white space that a decoder waits for: longer ones go out as they are.
constexpr std::size_t kHeldOctetsMax = 1024;
constexpr std::size_t kLineOctetsMax = 76;  // RFC 2045 §6.7 (5), §6.8

}  // namespace

TransferEncoding transfer_encoding(std::string_view token) {
  for (const auto e : {TransferEncoding::k7Bit, TransferEncoding::k8Bit, TransferEncoding::kBinary,
                       TransferEncoding::kQuotedPrintable, TransferEncoding::kBase64}) {
    if (same_name(token, transfer_encoding_name(e))) return e;
  }
  return TransferEncoding::kUnknown;
}

std::string_view transfer_encoding_name(TransferEncoding encoding) {
  switch (encoding) {
    case TransferEncoding::k7Bit: return "7bit";
    case TransferEncoding::k8Bit: return "8bit";
    case TransferEncoding::kBinary: return "binary";
    case TransferEncoding::kQuotedPrintable: return "quoted-printable";
    case TransferEncoding::kBase64: return "base64";
    case TransferEncoding::kUnknown: break;
  }
  return "";
}

void TransferDecoder::decode(std::string_view chunk, std::string& out) {
  if (encoding_ == TransferEncoding::kBase64) return decode_base64(chunk, out);
  if (encoding_ == TransferEncoding::kQuotedPrintable) return decode_quoted_printable(chunk, out);
  out.append(chunk);
}

void TransferDecoder::finish(std::string& out) {
  if (encoding_ == TransferEncoding::kQuotedPrintable) {
    // RFC 2045 §6.7 (3): white space at the end of a line is not data; "=" at the end is a soft
    // break.
    while (!held_.empty() && (is_blank(held_.back()) || held_.back() == '\r')) held_.pop_back();
    if (held_ != "=") out += held_;
    held_.clear();
  }
  bits_ = 0;
  bits_count_ = 0;
}

void TransferDecoder::decode_base64(std::string_view chunk, std::string& out) {
  std::size_t i = 0;
  // Whole quanta, four characters to three octets.
  const auto quanta = [&] {
    const auto begin = out.size();
    out.resize(begin + (chunk.size() - i) / 4 * 3);
    auto* to = out.data() + begin;
    for (; i + 4 <= chunk.size(); i += 4) {
      const unsigned a = sextet(chunk[i]);
      const unsigned b = sextet(chunk[i + 1]);
      const unsigned c = sextet(chunk[i + 2]);
      const unsigned d = sextet(chunk[i + 3]);
      if ((a | b | c | d) > 63U) break;
      *to++ = static_cast<char>(a << 2U | b >> 4U);
      *to++ = static_cast<char>((b & 15U) << 4U | c >> 2U);
      *to++ = static_cast<char>((c & 3U) << 6U | d);
    }
    out.resize(static_cast<std::size_t>(to - out.data()));
  };
  while (i < chunk.size()) {
    if (bits_count_ == 0 && i + 4 <= chunk.size() && sextet(chunk[i]) != kNone) {
      const auto before = i;
      quanta();
      if (i != before) continue;
    }
    const char c = chunk[i++];
    if (c == '=') {  // padding ends a quantum; what is left of it is not data
      bits_count_ = 0;
      bits_ = 0;
      continue;
    }
    const auto s = sextet(c);
    if (s == kNone) continue;  // RFC 2045 §6.8: other characters are ignored
    bits_ = (bits_ << 6U | s) & 0xffffU;
    if (++bits_count_ == 1) continue;
    const unsigned left = 8 - 2 * bits_count_;  // bits of the next octet already there: 4, 2, 0
    out.push_back(static_cast<char>(bits_ >> left & 0xffU));
    if (bits_count_ == 4) bits_count_ = 0;
  }
}

void TransferDecoder::decode_quoted_printable(std::string_view chunk, std::string& out) {
  // held_ is either an escape ("=", "=X", "=" and blanks) or blanks that may end a line.
  for (std::size_t i = 0; i < chunk.size();) {
    if (held_.empty()) {
      const auto special = chunk.find_first_of("= \t\r", i);
      const auto end = special == std::string_view::npos ? chunk.size() : special;
      out.append(chunk.substr(i, end - i));
      i = end;
      if (i == chunk.size()) break;
      held_.push_back(chunk[i++]);
      continue;
    }
    const char c = chunk[i];
    const bool escape = held_.front() == '=';
    const char last = held_.back();
    const bool half = escape && held_.size() == 2 && hex_digit(last) >= 0;  // "=4"
    if (c == '\n' && !half) {
      // A soft line break gives nothing; else white space before the line end goes.
      if (!escape) out.append(last == '\r' ? "\r\n" : "\n");
      held_.clear();
      ++i;
    } else if (last == '\r') {  // a bare CR is data
      out += held_;
      held_.clear();
    } else if (!half && (c == '\r' || is_blank(c))) {
      if (held_.size() >= kHeldOctetsMax) {
        out += held_;
        held_.clear();
        continue;
      }
      held_.push_back(c);
      ++i;
    } else if (escape && held_.size() == 1 && hex_digit(c) >= 0) {
      held_.push_back(c);
      ++i;
    } else if (half && hex_digit(c) >= 0) {
      out.push_back(static_cast<char>(hex_digit(last) * 16 + hex_digit(c)));
      held_.clear();
      ++i;
    } else {
      out += held_;
      held_.clear();
    }
  }
}

std::string decode_transfer(TransferEncoding encoding, std::string_view octets) {
  TransferDecoder decoder(encoding);
  std::string out;
  decoder.decode(octets, out);
  decoder.finish(out);
  return out;
}

void TransferEncoder::encode(std::string_view chunk, std::string& out) {
  if (encoding_ == TransferEncoding::kBase64) return encode_base64(chunk, out);
  if (encoding_ == TransferEncoding::kQuotedPrintable) return encode_quoted_printable(chunk, out);
  out.append(chunk);
}

void TransferEncoder::encode_base64(std::string_view chunk, std::string& out) {
  constexpr std::size_t kLineInput = kLineOctetsMax / 4 * 3;
  held_.append(chunk);
  std::string_view rest = held_;
  for (; rest.size() >= kLineInput; rest.remove_prefix(kLineInput)) {
    append_sextets(rest.substr(0, kLineInput), out);
    out.append("\r\n");
  }
  held_.erase(0, held_.size() - rest.size());
}

void TransferEncoder::put_quoted(char octet, bool at_line_end, std::string& out) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  const auto u = static_cast<unsigned char>(octet);
  const bool blank = is_blank(octet);
  // "." and "From " at the start of a line are hidden from old relays (RFC 2049 §3).
  const bool risky = column_ == 0 && (octet == '.' || octet == 'F');
  const bool plain = (u > ' ' && u < 0x7f && octet != '=' && !risky) || (blank && !at_line_end);
  const std::size_t width = plain ? 1 : 3;
  if (column_ + width > kLineOctetsMax - 1) {
    out.append("=\r\n");
    column_ = 0;
    return put_quoted(octet, at_line_end, out);
  }
  column_ += width;
  if (plain) {
    out.push_back(octet);
  } else {
    out.append({'=', kHex[u >> 4U], kHex[u & 15U]});
  }
}

void TransferEncoder::encode_quoted_printable(std::string_view chunk, std::string& out) {
  // held_: a blank or CR whose next octet decides, or a blank and a CR.
  for (const char c : chunk) {
    if (c == '\n') {
      const bool crlf = held_.ends_with('\r');
      if (crlf) held_.pop_back();
      for (const char h : held_) put_quoted(h, true, out);
      held_.clear();
      out.append("\r\n");
      column_ = 0;
      continue;
    }
    if (held_.size() == 1 && is_blank(held_[0]) && c == '\r') {
      held_.push_back(c);
      continue;
    }
    for (const char h : held_) put_quoted(h, false, out);
    held_.clear();
    if (is_blank(c) || c == '\r') {
      held_.push_back(c);
    } else {
      put_quoted(c, false, out);
    }
  }
}

void TransferEncoder::finish(std::string& out) {
  if (encoding_ == TransferEncoding::kBase64) {
    if (!held_.empty()) {
      append_sextets(held_, out);
      out.append("\r\n");
    }
  } else if (encoding_ == TransferEncoding::kQuotedPrintable) {
    for (const char h : held_) put_quoted(h, true, out);
  }
  held_.clear();
  column_ = 0;
}

std::string encode_transfer(TransferEncoding encoding, std::string_view octets) {
  TransferEncoder encoder(encoding);
  std::string out;
  encoder.encode(octets, out);
  encoder.finish(out);
  return out;
}

std::string base64_line(std::string_view octets) {
  std::string out;
  append_sextets(octets, out);
  return out;
}

}  // namespace hikyaku::mime
