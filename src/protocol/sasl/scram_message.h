// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/sasl/mechanism.h"

namespace hikyaku::sasl {

/// What a client says of channel binding (RFC 5801 §4, gs2-cbind-flag).
enum class BindingFlag : unsigned char {
  kUnable,     ///< "n": it can not
  kUnoffered,  ///< "y": it can, but believes that we can not
  kUsed,       ///< "p": it does
};

/// The client's first message (RFC 5802 §7, client-first-message). Views are into what was parsed.
struct ScramFirst {
  std::string_view gs2_header;  ///< with its last comma
  BindingFlag flag = BindingFlag::kUnable;
  std::string_view binding_name;  ///< of "p"
  std::string authzid;            ///< without escapes; empty: none
  std::string_view bare;          ///< client-first-message-bare
  std::string user;               ///< without escapes
  std::string_view nonce;
};

/// The client's last message (client-final-message).
struct ScramFinal {
  std::string binding;  ///< gs2-header and channel binding data, base64 already off
  std::string_view nonce;
  std::string_view without_proof;  ///< client-final-message-without-proof
  std::string proof;               ///< base64 already off
};

/// Errors: Failed with the server-error-value of RFC 5802 §7 in its text, as "e=other-error".
[[nodiscard]] std::variant<ScramFirst, Failed> parse_scram_first(std::string_view message,
                                                                 const Limits& limits);
[[nodiscard]] std::variant<ScramFinal, Failed> parse_scram_final(std::string_view message,
                                                                 const Limits& limits);

/// A failure in the words of RFC 5802 §7: "what it is (e=VALUE)".
[[nodiscard]] Failed scram_error(Failure failure, std::string_view text, std::string_view value);

}  // namespace hikyaku::sasl
