// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace hikyaku {

/// What the one who meets an error can do about it.
enum class Remedy : unsigned char {
  kRetryLater,  ///< passes by itself or by our administrator's work: full disk, DNS, busy. SMTP
                ///< 4yz.
  kPermanent,   ///< the same request will fail again: malformed, refused, not there. SMTP 5yz.
  kClosePeer,   ///< the peer broke the protocol so that nothing more can be read from it.
};

/// What doors and reports tell apart, beyond what can be done about it.
enum class Cause : unsigned char {
  kOther,
  kDiskFull,       ///< kRetryLater until our administrator makes room
  kConfiguration,  ///< our configuration can't be read, or has mistakes
};

/// What went wrong, in words for an administrator, and what can be done.
///
/// Text: lower case, one line, with its context and what to do, without secrets or message content.
struct Error {
  Remedy remedy = Remedy::kPermanent;
  std::string text;
  Cause cause = Cause::kOther;
  /// The same for those who read Japanese: where an administrator's command may answer it. Made of
  /// words.h, told by text_of(); empty: there is only the English text.
  std::string japanese{};

  /// The same error, told from one floor up: "opening segment 7: no space left on device".
  [[nodiscard]] Error in(std::string_view context) && {
    for (auto* words : {&text, &japanese}) {
      if (words->empty()) continue;
      words->insert(0, ": ");
      words->insert(0, context);
    }
    return std::move(*this);
  }
};

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

[[nodiscard]] inline std::unexpected<Error> retry_later(std::string text) {
  return std::unexpected(Error{Remedy::kRetryLater, std::move(text)});
}
[[nodiscard]] inline std::unexpected<Error> permanent(std::string text) {
  return std::unexpected(Error{Remedy::kPermanent, std::move(text)});
}
[[nodiscard]] inline std::unexpected<Error> close_peer(std::string text) {
  return std::unexpected(Error{Remedy::kClosePeer, std::move(text)});
}

/// An error of the operating system: "WHAT: No space left on device" (kRetryLater: it is ours;
/// kDiskFull of ENOSPC and EDQUOT).
[[nodiscard]] std::unexpected<Error> system_error(std::string_view what, int error_number);

/// Drops a result on purpose. The reason is for the reader.
template <class T>
void ignore(const Result<T>& /*result*/, std::string_view /*why*/) {}

}  // namespace hikyaku

/// Leaves the function with the error of `expr`, else goes on. HK_CO_TRY is the coroutine's form.
#define HK_TRY(expr)                                         \
  do {                                                       \
    if (auto hk_result_ = (expr); !hk_result_) [[unlikely]]  \
      return std::unexpected(std::move(hk_result_).error()); \
  } while (false)
#define HK_CO_TRY(expr)                                         \
  do {                                                          \
    if (auto hk_result_ = (expr); !hk_result_) [[unlikely]]     \
      co_return std::unexpected(std::move(hk_result_).error()); \
  } while (false)

#define HK_CONCAT2_(a, b) a##b
#define HK_CONCAT_(a, b) HK_CONCAT2_(a, b)
/// `HK_ASSIGN(auto x, f());` is x = *f(), or leaves with the error. HK_CO_ASSIGN for coroutines.
#define HK_ASSIGN_IMPL_(decl, expr, name, ret)    \
  auto name = (expr);                             \
  if (!name) [[unlikely]]                         \
    ret std::unexpected(std::move(name).error()); \
  decl = *std::move(name)
#define HK_ASSIGN(decl, ...) \
  HK_ASSIGN_IMPL_(decl, (__VA_ARGS__), HK_CONCAT_(hk_r_, __LINE__), return)
#define HK_CO_ASSIGN(decl, ...) \
  HK_ASSIGN_IMPL_(decl, (__VA_ARGS__), HK_CONCAT_(hk_r_, __LINE__), co_return)
