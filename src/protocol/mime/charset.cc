// SPDX-License-Identifier: Apache-2.0
#include "protocol/mime/charset.h"

#include <unicode/ucnv.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "protocol/mime/header.h"

namespace hikyaku::mime {
namespace {

struct CloseConverter {
  void operator()(UConverter* c) const { ucnv_close(c); }
};
using ConverterPtr = std::unique_ptr<UConverter, CloseConverter>;

struct Alias {
  std::string_view name;
  const char* icu;
};

/// Names by which mail means more than the standard of that name holds: senders write the
/// vendor's superset (as the WHATWG Encoding Standard found for the web).
constexpr std::array<Alias, 24> kAliases = {{
    {"iso-8859-1", "windows-1252"},
    {"latin1", "windows-1252"},
    {"iso-8859-9", "windows-1254"},
    {"iso-8859-11", "windows-874"},
    {"tis-620", "windows-874"},
    {"gb2312", "gb18030"},
    {"gb_2312-80", "gb18030"},
    {"chinesebig5", "big5-hkscs"},
    {"gbk", "gb18030"},
    {"x-gbk", "gb18030"},
    {"cp936", "gb18030"},
    {"hz-gb-2312", "HZ"},
    {"big5", "big5-hkscs"},
    {"x-big5", "big5-hkscs"},
    {"euc-kr", "windows-949"},
    {"ks_c_5601-1987", "windows-949"},
    {"ks_c_5601", "windows-949"},
    {"ksc5601", "windows-949"},
    {"shift_jis", "windows-31j"},
    {"shift-jis", "windows-31j"},
    {"x-sjis", "windows-31j"},
    {"sjis", "windows-31j"},
    {"iso-2022-jp", "JIS7"},
    {"unicode-1-1-utf-7", "UTF-7"},
}};

enum class Mode : std::uint8_t { kUtf8, kGuess, kConverter };

/// What ICU can read and no mail is written in: compressions, containers of other charsets, names
/// whose meaning hangs on the machine. Not offered to whoever may send mail.
constexpr std::array<std::string_view, 9> kRefused = {
    "lmbcs",    "scsu",       "bocu",           "csbocu",        "imap",
    "compound", "x-compound", "utf16_platform", "utf32_platform"};

/// The name without what would be options to ICU; empty if it can be no charset.
std::string clean_name(std::string_view charset) {
  auto name = to_lower_ascii(trim(charset));
  if (name.size() > 60) return {};
  const bool plain = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("-_.:+()").find(c) != std::string_view::npos;
  });
  const bool refused = std::ranges::any_of(
      kRefused, [&](std::string_view prefix) { return name.starts_with(prefix); });
  if (!plain || refused) return {};
  for (const auto& alias : kAliases) {
    if (alias.name == name) return alias.icu;
  }
  return name;
}

bool is_utf8_name(std::string_view name) { return name == "utf-8" || name == "utf8"; }
bool is_ascii_name(std::string_view name) {
  return name == "us-ascii" || name == "ascii" || name == "ansi_x3.4-1968";
}

/// Converters that are not in use, of this thread: opening one costs more than a short text.
class ConverterCache {
 public:
  ConverterPtr take(const std::string& name) {
    const auto it = std::ranges::find(idle_, name, &Entry::name);
    if (it != idle_.end()) {
      auto converter = std::move(it->converter);
      idle_.erase(it);
      return converter;
    }
    UErrorCode status = U_ZERO_ERROR;
    ConverterPtr converter(ucnv_open(name.c_str(), &status));
    if (U_FAILURE(status)) return nullptr;
    return converter;
  }

  void give(std::string name, ConverterPtr converter) {
    ucnv_resetToUnicode(converter.get());
    if (idle_.size() == kIdleMax) idle_.erase(idle_.begin());
    idle_.push_back({std::move(name), std::move(converter)});
  }

 private:
  static constexpr std::size_t kIdleMax = 16;
  struct Entry {
    std::string name;
    ConverterPtr converter;
  };
  std::vector<Entry> idle_;
};

ConverterCache& cache() {
  thread_local ConverterCache instance;
  return instance;
}

}  // namespace

class CharsetDecoder::State {
 public:
  explicit State(std::string_view charset) : name_(clean_name(charset)) {
    if (is_utf8_name(name_)) {
      mode_ = Mode::kUtf8;
    } else if (!name_.empty() && !is_ascii_name(name_)) {
      open();
    }
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (converter_) cache().give(std::move(name_), std::move(converter_));
  }

  void decode(std::string_view chunk, std::string& out) {
    switch (mode_) {
      case Mode::kUtf8: return decode_utf8(chunk, out);
      case Mode::kGuess: return gather(chunk, out);
      case Mode::kConverter: return convert(chunk, false, out);
    }
  }

  void finish(std::string& out) {
    if (mode_ == Mode::kGuess) decide(out);
    if (mode_ == Mode::kConverter) {
      convert({}, true, out);
      if (high_ != 0) out += kReplacement;
      high_ = 0;
    }
    if (!held_.empty()) out += kReplacement;
    held_.clear();
  }

 private:
  void open() {
    converter_ = cache().take(name_);
    if (converter_) mode_ = Mode::kConverter;
  }

  void decode_utf8(std::string_view chunk, std::string& out) {
    // A character that the last chunk cut.
    while (!held_.empty() && !chunk.empty()) {
      held_.push_back(chunk.front());
      const auto s = first_sequence(held_);
      if (s.kind == Utf8Sequence::Kind::kInvalid) {
        held_.clear();
        out += kReplacement;  // the octet that did not fit is looked at again
        break;
      }
      chunk.remove_prefix(1);
      if (s.kind == Utf8Sequence::Kind::kValid) {
        out += held_;
        held_.clear();
      }
    }
    while (!chunk.empty()) {
      const auto ascii = ascii_octets(chunk);
      out.append(chunk.substr(0, ascii));
      chunk.remove_prefix(ascii);
      if (chunk.empty()) return;
      const auto s = first_sequence(chunk);
      if (s.kind == Utf8Sequence::Kind::kIncomplete) {
        held_ = chunk;
        return;
      }
      const bool valid = s.kind == Utf8Sequence::Kind::kValid;
      out.append(valid ? chunk.substr(0, s.octets) : kReplacement);
      chunk.remove_prefix(s.octets);
    }
  }

  /// Guessing: passes ASCII on, then waits for kGuessOctets.
  void gather(std::string_view chunk, std::string& out) {
    if (held_.empty()) {
      const auto ascii = ascii_octets(chunk);
      out.append(chunk.substr(0, ascii));
      chunk.remove_prefix(ascii);
    }
    const auto taken = chunk.substr(0, kGuessOctets - held_.size());
    held_.append(taken);
    chunk.remove_prefix(taken.size());
    if (held_.size() < kGuessOctets) return;
    decide(out);
    decode(chunk, out);
  }

  void decide(std::string& out) {
    const auto held = std::exchange(held_, {});
    std::string_view whole = held;
    // The window may cut a character.
    for (std::size_t i = 0; i < 3 && held.size() == kGuessOctets && !is_utf8(whole); ++i) {
      whole.remove_suffix(1);
    }
    if (is_utf8(whole)) {
      mode_ = Mode::kUtf8;
    } else {
      name_ = "windows-1252";
      open();
      if (!converter_) mode_ = Mode::kUtf8;
    }
    decode(held, out);
  }

  void convert(std::string_view chunk, bool flush, std::string& out) {
    std::array<char16_t, 1024> units;
    const char* source = chunk.data();
    const char* const source_end = source + chunk.size();
    while (true) {
      UErrorCode status = U_ZERO_ERROR;
      auto* target = units.data();
      ucnv_toUnicode(converter_.get(), &target, units.data() + units.size(), &source, source_end,
                     nullptr, static_cast<UBool>(flush), &status);
      for (const auto* u = units.data(); u != target; ++u) put(*u, out);
      if (status == U_BUFFER_OVERFLOW_ERROR) continue;
      return;  // other errors: substitution has dealt with what can be told
    }
  }

  void put(char16_t unit, std::string& out) {
    const bool high = unit >= 0xd800 && unit < 0xdc00;
    const bool low = unit >= 0xdc00 && unit < 0xe000;
    if (high_ != 0) {
      const auto first = std::exchange(high_, char16_t{0});
      if (low) {
        append_utf8(out, 0x10000U + ((static_cast<char32_t>(first) - 0xd800U) << 10U) +
                             (static_cast<char32_t>(unit) - 0xdc00U));
        return;
      }
      out += kReplacement;
    }
    if (high) {
      high_ = unit;
    } else if (low) {
      out += kReplacement;
    } else {
      append_utf8(out, unit);
    }
  }

  std::string name_;
  Mode mode_ = Mode::kGuess;
  ConverterPtr converter_;
  std::string held_;
  char16_t high_ = 0;
};

CharsetDecoder::CharsetDecoder(std::string_view charset)
    : state_(std::make_unique<State>(charset)) {}
CharsetDecoder::CharsetDecoder(CharsetDecoder&&) noexcept = default;
CharsetDecoder& CharsetDecoder::operator=(CharsetDecoder&&) noexcept = default;
CharsetDecoder::~CharsetDecoder() = default;

void CharsetDecoder::decode(std::string_view chunk, std::string& out) {
  state_->decode(chunk, out);
}
void CharsetDecoder::finish(std::string& out) { state_->finish(out); }

bool charset_known(std::string_view charset) {
  auto name = clean_name(charset);
  if (name.empty()) return false;
  if (is_utf8_name(name) || is_ascii_name(name)) return true;
  auto converter = cache().take(name);
  if (!converter) return false;
  cache().give(std::move(name), std::move(converter));
  return true;
}

std::string to_utf8(std::string_view charset, std::string_view octets) {
  const auto name = clean_name(charset);
  const bool guess = name.empty() || is_utf8_name(name) || is_ascii_name(name);
  if (guess && is_utf8(octets)) return std::string(octets);
  CharsetDecoder decoder(charset);
  std::string out;
  decoder.decode(octets, out);
  decoder.finish(out);
  return out;
}

}  // namespace hikyaku::mime
