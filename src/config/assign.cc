// SPDX-License-Identifier: Apache-2.0
#include "config/assign.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/suggest.h"
#include "config/units.h"

namespace hikyaku::config {
namespace {

constexpr std::string_view kDurationRemedy =
    R"(write whole numbers with ms, s, m, h or d, like "30s", "1h30m" or "5d")";
constexpr std::string_view kSizeRemedy =
    R"(write a whole number with B, kB, KiB, MB, MiB, GB or GiB, like "50MiB")";

Misfit wrong_kind(const Value& value, std::string_view wanted, std::string_view example) {
  return {fmt::format("this is {}, wanted is {}", value.kind, wanted),
          fmt::format("write it like {}", example)};
}

Misfit complaint_of(std::string_view text, const char* complaint) {
  const std::string_view both = complaint;
  const auto cut = both.find("; ");
  return {fmt::format("\"{}\" {}", text, both.substr(0, cut)),
          std::string(cut == std::string_view::npos ? "" : both.substr(cut + 2))};
}

Fit parse_one_duration(std::string_view text, Duration min, Duration max, Duration* out) {
  const auto parsed = parse_duration(text);
  if (!parsed)
    return Misfit{fmt::format("\"{}\" is no length of time", text), std::string(kDurationRemedy)};
  if (*parsed < min || *parsed > max)
    return Misfit{fmt::format("{} is out of bounds", text),
                  fmt::format("take {} to {}", print_duration(min), print_duration(max))};
  *out = *parsed;
  return std::nullopt;
}

}  // namespace

std::string absolute(std::string_view path, std::string_view folder) {
  std::string whole =
      path.starts_with('/') ? std::string(path) : fmt::format("{}/{}", folder, path);
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= whole.size();) {
    const auto end = std::min(whole.find('/', at), whole.size());
    const auto part = std::string_view(whole).substr(at, end - at);
    at = end + 1;
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (!parts.empty()) {
      parts.pop_back();
    }
  }
  return "/" + fmt::format("{}", fmt::join(parts, "/"));
}

Fit assign(const Value& value, Complaint complaint, std::string* out) {
  const auto* text = std::get_if<std::string>(&value.data);
  if (text == nullptr) return wrong_kind(value, "a text", "\"…\"");
  if (const char* wrong = complaint(*text)) return complaint_of(*text, wrong);
  *out = *text;
  return std::nullopt;
}

Fit assign(const Value& value, Complaint complaint, std::vector<std::string>* out) {
  const auto* texts = std::get_if<std::vector<std::string>>(&value.data);
  if (texts == nullptr) return wrong_kind(value, "a list of texts", R"(["…", "…"])");
  for (const auto& text : *texts) {
    if (const char* wrong = complaint(text)) return complaint_of(text, wrong);
  }
  *out = *texts;
  return std::nullopt;
}

Fit assign_path(const Value& value, std::string_view folder, std::string* out) {
  const auto* text = std::get_if<std::string>(&value.data);
  if (text == nullptr) return wrong_kind(value, "a path", "\"/…\"");
  if (text->find('\0') != std::string::npos)
    return Misfit{"a path has no NUL in it", "take it out"};
  *out = text->empty() ? "" : absolute(*text, folder);
  return std::nullopt;
}

Fit assign_paths(const Value& value, std::string_view folder, std::vector<std::string>* out) {
  const auto* texts = std::get_if<std::vector<std::string>>(&value.data);
  if (texts == nullptr) return wrong_kind(value, "a list of paths", R"(["/…", "/…"])");
  out->clear();
  for (const auto& text : *texts) out->push_back(absolute(text, folder));
  return std::nullopt;
}

Fit assign_number(const Value& value, std::uint32_t min, std::uint32_t max, std::uint32_t* out) {
  const auto* number = std::get_if<std::int64_t>(&value.data);
  if (number == nullptr) return wrong_kind(value, "a number", fmt::format("{}", std::max(min, 1U)));
  if (*number < min || *number > max)
    return Misfit{fmt::format("{} is out of bounds", *number),
                  fmt::format("take {} to {}", min, max)};
  *out = static_cast<std::uint32_t>(*number);
  return std::nullopt;
}

Fit assign_size(const Value& value, Size min, Size max, Size* out) {
  if (std::holds_alternative<std::int64_t>(value.data))
    return Misfit{"a size needs its unit", std::string(kSizeRemedy)};
  const auto* text = std::get_if<std::string>(&value.data);
  if (text == nullptr) return wrong_kind(value, "a size", "\"50MiB\"");
  const auto parsed = parse_size(*text);
  if (!parsed) return Misfit{fmt::format("\"{}\" is no size", *text), std::string(kSizeRemedy)};
  if (*parsed < min || *parsed > max)
    return Misfit{fmt::format("{} is out of bounds", *text),
                  fmt::format("take {} to {}", print_size(min), print_size(max))};
  *out = *parsed;
  return std::nullopt;
}

Fit assign_duration(const Value& value, Duration min, Duration max, Duration* out) {
  if (std::holds_alternative<std::int64_t>(value.data))
    return Misfit{"a length of time needs its unit", std::string(kDurationRemedy)};
  const auto* text = std::get_if<std::string>(&value.data);
  if (text == nullptr) return wrong_kind(value, "a length of time", "\"30s\"");
  return parse_one_duration(*text, min, max, out);
}

Fit assign_durations(const Value& value, Duration min, Duration max, std::vector<Duration>* out) {
  const auto* texts = std::get_if<std::vector<std::string>>(&value.data);
  if (texts == nullptr || texts->empty())
    return wrong_kind(value, "a list of lengths of time", R"(["1m", "5m", "1h"])");
  std::vector<Duration> all;
  for (const auto& text : *texts) {
    if (auto misfit = parse_one_duration(text, min, max, &all.emplace_back())) return misfit;
  }
  *out = std::move(all);
  return std::nullopt;
}

Fit assign_switch(const Value& value, Switch* out) {
  const auto* truth = std::get_if<bool>(&value.data);
  if (truth == nullptr) return Misfit{fmt::format("this is {}", value.kind), "write true or false"};
  *out = *truth ? Switch::kOn : Switch::kOff;
  return std::nullopt;
}

Fit assign_word(const Value& value, std::span<const std::string_view> words, unsigned* out) {
  const auto* text = std::get_if<std::string>(&value.data);
  const auto all = fmt::format("take one of \"{}\"", fmt::join(words, "\", \""));
  if (text == nullptr) return Misfit{fmt::format("this is {}", value.kind), all};
  const auto found = std::ranges::find(words, *text);
  if (found == words.end()) {
    const auto meant = did_you_mean(*text, words);
    return Misfit{meant.empty()
                      ? fmt::format("\"{}\" is unknown", *text)
                      : fmt::format("\"{}\" is unknown; did you mean \"{}\"?", *text, meant),
                  all};
  }
  *out = static_cast<unsigned>(found - words.begin());
  return std::nullopt;
}

}  // namespace hikyaku::config
