// SPDX-License-Identifier: Apache-2.0
#include "protocol/sasl/saslprep.h"

#include <unicode/usprep.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <memory>

#include "base/assert.h"
#include "base/words.h"

namespace hikyaku::sasl {
namespace {

struct CloseProfile {
  void operator()(UStringPrepProfile* profile) const noexcept { usprep_close(profile); }
};

const UStringPrepProfile* profile() {
  static const std::unique_ptr<UStringPrepProfile, CloseProfile> opened = [] {
    UErrorCode error = U_ZERO_ERROR;
    auto* out = usprep_openByType(USPREP_RFC4013_SASLPREP, &error);
    HK_ASSERT(U_SUCCESS(error));
    return std::unique_ptr<UStringPrepProfile, CloseProfile>(out);
  }();
  return opened.get();
}

/// UTF-16 of a password: wiped when it dies.
class Units {
 public:
  explicit Units(std::size_t count) : units_(std::make_unique<UChar[]>(count)), count_(count) {}
  Units(const Units&) = delete;
  Units& operator=(const Units&) = delete;
  ~Units() { wipe(units_.get(), count_ * sizeof(UChar)); }

  [[nodiscard]] UChar* data() { return units_.get(); }
  [[nodiscard]] std::int32_t size() const { return static_cast<std::int32_t>(count_); }

 private:
  std::unique_ptr<UChar[]> units_;
  std::size_t count_;
};

bool is_plain_ascii(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

// NFKC makes at most 18 characters of one (U+FDFA), and UTF-8 takes at most 4 octets for each.
constexpr std::size_t kGrowth = 18;

}  // namespace

Result<Secret> saslprep(const Secret& password) {
  const std::string_view octets = password.reveal();
  if (is_plain_ascii(octets)) return password.clone();
  UErrorCode error = U_ZERO_ERROR;
  Units wide(octets.size() + 1);
  std::int32_t length = 0;
  u_strFromUTF8(wide.data(), wide.size(), &length, octets.data(),
                static_cast<std::int32_t>(octets.size()), &error);
  if (U_FAILURE(error))
    return permanent(
        Words{"the password is not UTF-8; type it anew, or take another one",
              "パスワードが UTF-8 ではありません。入力し直すか、別のものにしてください"});
  Units prepared((static_cast<std::size_t>(length) + 1) * kGrowth);
  UParseError where;
  // Why unassigned ones too: RFC 4013 knows Unicode 3.2 only, and people like younger characters.
  const std::int32_t prepared_length =
      usprep_prepare(profile(), wide.data(), length, prepared.data(), prepared.size(),
                     USPREP_ALLOW_UNASSIGNED, &where, &error);
  if (U_FAILURE(error))
    return permanent(
        Words{"the password has characters that mail programs do not agree on (control "
              "characters, private use, mixed writing directions); take another one",
              "パスワードに、メールソフトによって扱いの異なる文字 (制御文字、私用文字、書字方向の"
              "混在) があります。別のものにしてください"});
  if (prepared_length == 0)
    return permanent(Words{"nothing of the password can be seen; take another one",
                           "パスワードに目に見える文字がありません。別のものにしてください"});
  std::string out(static_cast<std::size_t>(prepared_length) * 3 + 1, '\0');
  std::int32_t out_length = 0;
  u_strToUTF8(out.data(), static_cast<std::int32_t>(out.size()), &out_length, prepared.data(),
              prepared_length, &error);
  HK_ASSERT(U_SUCCESS(error));
  Secret secret(std::string_view(out).substr(0, static_cast<std::size_t>(out_length)));
  wipe(out);
  return secret;
}

}  // namespace hikyaku::sasl
