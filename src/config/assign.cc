// SPDX-License-Identifier: Apache-2.0
#include "config/assign.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/suggest.h"
#include "config/units.h"

namespace hikyaku::config {
namespace {

constexpr Words kDurationRemedy = {
    R"(write whole numbers with ms, s, m, h or d, like "30s", "1h30m" or "5d")",
    R"("30s"、"1h30m"、"5d" のように、整数に ms、s、m、h、d を付けて書いてください)"};
constexpr Words kSizeRemedy = {
    R"(write a whole number with B, kB, KiB, MB, MiB, GB or GiB, like "50MiB")",
    R"("50MiB" のように、整数に B、kB、KiB、MB、MiB、GB、GiB を付けて書いてください)"};

Misfit wrong_kind(const Value& value, const Words& wanted, std::string_view example) {
  return {told({"this is {0}, wanted is {1}", "値が{0}になっています。ここには{1}が必要です"},
               value.kind, wanted),
          told({"write it like {0}", "{0} のように書いてください"}, example)};
}

template <class Bound>
Misfit out_of_bounds(const Told& value, const Bound& min, const Bound& max) {
  return {told({"{0} is out of bounds", "{0} は範囲外です"}, value),
          told({"take {0} to {1}", "{0} から {1} までの値にしてください"}, min, max)};
}

Misfit fault_of(std::string_view text, const Fault& fault) {
  return {told(fault.what, text), told(fault.remedy)};
}

Fit parse_one_duration(std::string_view text, Duration min, Duration max, Duration* out) {
  const auto parsed = parse_duration(text);
  if (!parsed)
    return Misfit{
        told({"\"{0}\" is no length of time", "\"{0}\" は時間の長さとして読めません"}, text),
        told(kDurationRemedy)};
  if (*parsed < min || *parsed > max)
    return out_of_bounds(verbatim(std::string(text)), print_duration(min), print_duration(max));
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
  if (text == nullptr) return wrong_kind(value, {"a text", "文字列"}, "\"…\"");
  if (const Fault* wrong = complaint(*text)) return fault_of(*text, *wrong);
  *out = *text;
  return std::nullopt;
}

Fit assign(const Value& value, Complaint complaint, std::vector<std::string>* out) {
  const auto* texts = std::get_if<std::vector<std::string>>(&value.data);
  if (texts == nullptr)
    return wrong_kind(value, {"a list of texts", "文字列のリスト"}, R"(["…", "…"])");
  for (const auto& text : *texts) {
    if (const Fault* wrong = complaint(text)) return fault_of(text, *wrong);
  }
  *out = *texts;
  return std::nullopt;
}

Fit assign_path(const Value& value, std::string_view folder, std::string* out) {
  const auto* text = std::get_if<std::string>(&value.data);
  if (text == nullptr) return wrong_kind(value, {"a path", "パス"}, "\"/…\"");
  if (text->find('\0') != std::string::npos)
    return Misfit{told({"a path has no NUL in it", "パスに NUL 文字は使えません"}),
                  told({"take it out", "取り除いてください"})};
  *out = text->empty() ? "" : absolute(*text, folder);
  return std::nullopt;
}

Fit assign_paths(const Value& value, std::string_view folder, std::vector<std::string>* out) {
  const auto* texts = std::get_if<std::vector<std::string>>(&value.data);
  if (texts == nullptr)
    return wrong_kind(value, {"a list of paths", "パスのリスト"}, R"(["/…", "/…"])");
  out->clear();
  for (const auto& text : *texts) out->push_back(absolute(text, folder));
  return std::nullopt;
}

Fit assign_number(const Value& value, std::uint32_t min, std::uint32_t max, std::uint32_t* out) {
  const auto* number = std::get_if<std::int64_t>(&value.data);
  if (number == nullptr)
    return wrong_kind(value, {"a number", "整数"}, std::to_string(std::max(min, 1U)));
  if (*number < min || *number > max)
    return out_of_bounds(verbatim(std::to_string(*number)), min, max);
  *out = static_cast<std::uint32_t>(*number);
  return std::nullopt;
}

Fit assign_size(const Value& value, Size min, Size max, Size* out) {
  if (std::holds_alternative<std::int64_t>(value.data))
    return Misfit{told({"a size needs its unit", "サイズには単位が必要です"}), told(kSizeRemedy)};
  const auto* text = std::get_if<std::string>(&value.data);
  if (text == nullptr) return wrong_kind(value, {"a size", "サイズ"}, "\"50MiB\"");
  const auto parsed = parse_size(*text);
  if (!parsed)
    return Misfit{told({"\"{0}\" is no size", "\"{0}\" はサイズとして読めません"}, *text),
                  told(kSizeRemedy)};
  if (*parsed < min || *parsed > max)
    return out_of_bounds(verbatim(*text), print_size(min), print_size(max));
  *out = *parsed;
  return std::nullopt;
}

Fit assign_duration(const Value& value, Duration min, Duration max, Duration* out) {
  if (std::holds_alternative<std::int64_t>(value.data))
    return Misfit{told({"a length of time needs its unit", "時間の長さには単位が必要です"}),
                  told(kDurationRemedy)};
  const auto* text = std::get_if<std::string>(&value.data);
  if (text == nullptr) return wrong_kind(value, {"a length of time", "時間の長さ"}, "\"30s\"");
  return parse_one_duration(*text, min, max, out);
}

Fit assign_durations(const Value& value, Duration min, Duration max, std::vector<Duration>* out) {
  const auto* texts = std::get_if<std::vector<std::string>>(&value.data);
  if (texts == nullptr || texts->empty())
    return wrong_kind(value, {"a list of lengths of time", "時間の長さのリスト"},
                      R"(["1m", "5m", "1h"])");
  std::vector<Duration> all;
  for (const auto& text : *texts) {
    if (auto misfit = parse_one_duration(text, min, max, &all.emplace_back())) return misfit;
  }
  *out = std::move(all);
  return std::nullopt;
}

Fit assign_switch(const Value& value, Switch* out) {
  const auto* truth = std::get_if<bool>(&value.data);
  if (truth == nullptr)
    return Misfit{told({"this is {0}", "値が{0}になっています"}, value.kind),
                  told({"write true or false", "true か false と書いてください"})};
  *out = *truth ? Switch::kOn : Switch::kOff;
  return std::nullopt;
}

Fit assign_word(const Value& value, std::span<const std::string_view> words, unsigned* out) {
  const auto* text = std::get_if<std::string>(&value.data);
  const auto all = told({"take one of \"{0}\"", "次のどれかにしてください: \"{0}\""},
                        fmt::join(words, "\", \""));
  if (text == nullptr)
    return Misfit{told({"this is {0}", "値が{0}になっています"}, value.kind), all};
  const auto found = std::ranges::find(words, *text);
  if (found == words.end()) {
    const auto meant = did_you_mean(*text, words);
    return Misfit{meant.empty()
                      ? told({"\"{0}\" is unknown", "\"{0}\" という値はありません"}, *text)
                      : told({"\"{0}\" is unknown; did you mean \"{1}\"?",
                              "\"{0}\" という値はありません。\"{1}\" のことですか"},
                             *text, meant),
                  all};
  }
  *out = static_cast<unsigned>(found - words.begin());
  return std::nullopt;
}

}  // namespace hikyaku::config
