// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <charconv>

#include "protocol/smtp/extension.h"

namespace hikyaku::smtp::extension {
namespace {

std::optional<Reply> read_size(const ServerState& state, std::optional<std::string_view> value,
                               MailParams& params) {
  // RFC 1870 §5: size-value = 1*20DIGIT
  if (!value || value->size() > 20) return refusal(reason::kParamBad, "SIZE");
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), size);
  if (end != value->data() + value->size() || error == std::errc::invalid_argument) {
    return refusal(reason::kParamBad, "SIZE");
  }
  // §6.1: a size over ours is refused before a recipient is named. 20 digits can be over 64 bits.
  if (error == std::errc::result_out_of_range || size > state.config->message_octets_max) {
    return refusal(reason::kSizeTooBig, fmt::format("SIZE={}", *value));
  }
  params.size = size;
  return std::nullopt;
}

constexpr Parameter<MailParams> kMail[] = {{"SIZE", read_size}};

}  // namespace

// RFC 1870
constinit const Extension kSize{
    .keyword = "SIZE",
    .arguments =
        [](const ServerState& s) { return fmt::format("{}", s.config->message_octets_max); },
    .mail = kMail};

}  // namespace hikyaku::smtp::extension
