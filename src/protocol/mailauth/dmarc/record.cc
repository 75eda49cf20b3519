// SPDX-License-Identifier: Apache-2.0
#include "protocol/mailauth/dmarc/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

namespace hikyaku::dmarc {
namespace {

constexpr std::string_view kSpace = " \t";

constexpr char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr bool is_alpha(char c) { return small(c) >= 'a' && small(c) <= 'z'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// ABNF strings have no case (RFC 5234 §2.3), but for "DMARC1".
bool same(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return small(x) == small(y); });
}

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

template <class T>
std::optional<T> number(std::string_view text, T max) {
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > max) return std::nullopt;
  return value;
}

std::optional<Policy> policy_of(std::string_view text) {
  for (const Policy policy : {Policy::kNone, Policy::kQuarantine, Policy::kReject}) {
    if (same(text, name_of(policy))) return policy;
  }
  return std::nullopt;
}

/// scheme ":" something, of visible ASCII (RFC 3986 §3); commas and "!" would be encoded.
bool is_uri(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon + 1 >= text.size() || !is_alpha(text.front())) {
    return false;
  }
  const auto in_scheme = [](char c) {
    return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  };
  if (!std::ranges::all_of(text.substr(0, colon), in_scheme)) return false;
  const bool visible = std::ranges::all_of(text, [](char c) {
    return c > ' ' && c < '\x7f' && !std::string_view("<>\"\\^`{|}!").contains(c);
  });
  // An address without "@" is none.
  return visible && (!same(text.substr(0, colon), "mailto") || text.substr(colon).contains('@'));
}

/// dmarc-uri [ "!" 1*DIGIT [ "k" / "m" / "g" / "t" ] ]
std::optional<ReportUri> uri_of(std::string_view text) {
  ReportUri out;
  if (const std::size_t mark = text.rfind('!'); mark != std::string_view::npos) {
    std::string_view size = text.substr(mark + 1);
    unsigned shift = 0;
    if (!size.empty()) {
      const std::size_t unit = std::string_view("kmgt").find(small(size.back()));
      if (unit != std::string_view::npos) {
        shift = 10U * static_cast<unsigned>(unit + 1);  // powers of two (RFC 7489 §6.4)
        size.remove_suffix(1);
      }
    }
    const auto value =
        number<std::uint64_t>(size, std::numeric_limits<std::uint64_t>::max() >> shift);
    if (!value) return std::nullopt;
    out.octets_max = *value << shift;
    text = text.substr(0, mark);
  }
  if (!is_uri(text)) return std::nullopt;
  out.uri = text;
  return out;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::optional<Record> run() {
    // dmarc-version = "v" equals %s"DMARC1"; the first tag.
    if (!is_version(next())) return std::nullopt;
    while (at_ < text_.size()) tag(next());
    return std::move(record_);
  }

 private:
  /// What stands before the next ";", which is taken too. position_ is where it begins.
  std::string_view next() {
    const std::size_t end = std::min(text_.find(';', at_), text_.size());
    std::string_view part = text_.substr(at_, end - at_);
    position_ = at_ + std::min(part.find_first_not_of(kSpace), part.size());
    at_ = std::min(end + 1, text_.size());
    return trim(part);
  }

  static bool is_version(std::string_view part) {
    const std::size_t equals = part.find('=');
    return equals != std::string_view::npos && same(trim(part.substr(0, equals)), "v") &&
           trim(part.substr(equals + 1)) == "DMARC1";
  }

  void fault(std::string_view text) {
    if (record_.faults.size() < kFaultsMax) {
      record_.faults.push_back(fmt::format("octet {}: {}", position_ + 1, text));
    }
  }

  void tag(std::string_view part) {
    if (part.empty()) return;
    const std::size_t equals = part.find('=');
    const std::string_view name = trim(part.substr(0, equals));
    if (equals == std::string_view::npos || name.empty() || !std::ranges::all_of(name, is_alpha)) {
      return fault("no tag; a tag is a name, '=' and a value");
    }
    const std::string_view value = trim(part.substr(equals + 1));
    const std::string key = [&] {
      std::string out(name.substr(0, 16));
      std::ranges::transform(out, out.begin(), small);
      return out;
    }();
    if (!known(key)) return;  // "unknown tags MUST be ignored"
    if (std::ranges::find(seen_, key) != seen_.end()) {
      return fault(fmt::format("{} is there twice; the first one counts", key));
    }
    seen_.push_back(key);
    if (!set(key, value)) {
      fault(fmt::format("the value of {} is none that there is; it is left out", key));
    }
  }

  static bool known(std::string_view key) {
    static constexpr std::string_view kTags[] = {"p", "sp",  "np", "adkim", "aspf", "psd",
                                                 "t", "pct", "fo", "ri",    "rua",  "ruf"};
    return std::ranges::find(kTags, key) != std::end(kTags);
  }

  /// False: the value is none for this tag.
  bool set(std::string_view key, std::string_view value) {
    if (key == "p") return policy(record_.policy, value);
    if (key == "sp") return policy(record_.subdomain_policy, value);
    if (key == "np") return policy(record_.nonexistent_policy, value);
    if (key == "adkim") return mode(record_.dkim, value);
    if (key == "aspf") return mode(record_.spf, value);
    if (key == "rua") return uris(record_.rua, value);
    if (key == "ruf") return uris(record_.ruf, value);
    if (key == "fo") return failure_options(value);
    if (key == "psd") {
      const bool fine = same(value, "y") || same(value, "n") || same(value, "u");
      record_.psd = same(value, "y") ? Psd::kYes : same(value, "n") ? Psd::kNo : Psd::kUnknown;
      return fine;
    }
    if (key == "t") {
      record_.testing = same(value, "y");
      return record_.testing || same(value, "n");
    }
    if (key == "pct") {
      const auto percent = number<unsigned>(value, 100);
      record_.percent = percent.value_or(100);
      return percent.has_value();
    }
    const auto interval = number<std::uint32_t>(value, std::numeric_limits<std::uint32_t>::max());
    record_.interval_s = interval.value_or(86'400);
    return interval.has_value();
  }

  bool policy(std::optional<Policy>& place, std::string_view value) {
    place = policy_of(value);
    record_.policy_is_broken |= !place;
    return place.has_value();
  }

  static bool mode(Mode& place, std::string_view value) {
    place = same(value, "s") ? Mode::kStrict : Mode::kRelaxed;
    return same(value, "s") || same(value, "r");
  }

  /// False: one of them is none. The others count.
  static bool uris(std::vector<ReportUri>& place, std::string_view value) {
    bool fine = true;
    for (std::size_t at = 0; at <= value.size();) {
      const std::size_t end = std::min(value.find(',', at), value.size());
      auto uri = uri_of(trim(value.substr(at, end - at)));
      at = end + 1;
      if (!uri || place.size() == kUrisMax) {
        fine = false;
      } else {
        place.push_back(*std::move(uri));
      }
    }
    return fine;
  }

  /// False: one of them is none. The others count.
  bool failure_options(std::string_view value) {
    bool fine = true;
    for (std::size_t at = 0; at <= value.size();) {
      const std::size_t end = std::min(value.find(':', at), value.size());
      const std::string_view option = trim(value.substr(at, end - at));
      at = end + 1;
      if (option == "1") {
        record_.report_any = true;
      } else if (same(option, "d")) {
        record_.report_dkim = true;
      } else if (same(option, "s")) {
        record_.report_spf = true;
      } else {
        fine &= option == "0";
      }
    }
    return fine;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t position_ = 0;
  Record record_;
  std::vector<std::string> seen_;
};

}  // namespace

std::string_view name_of(Policy policy) {
  switch (policy) {
    case Policy::kNone: return "none";
    case Policy::kQuarantine: return "quarantine";
    case Policy::kReject: return "reject";
  }
  return "";
}

std::optional<Record> parse_record(std::string_view text) {
  return Parser(text.substr(0, kRecordOctetsMax)).run();
}

}  // namespace hikyaku::dmarc
