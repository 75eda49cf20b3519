// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/session_state.h"

#include <array>
#include <optional>
#include <utility>

namespace hikyaku::imap {
namespace {

constexpr std::array<std::pair<std::string_view, Feature>, 4> kFeatures{{
    {"IMAP4REV2", Feature::kImap4Rev2},
    {"UTF8=ACCEPT", Feature::kUtf8Accept},
    {"CONDSTORE", Feature::kCondStore},
    {"QRESYNC", Feature::kQResync},
}};

// What clients may use before they log in, and what comes with the login (RFC 9051 §6.1.1: they ask
// again, or read the CAPABILITY code of the reply).
constexpr std::string_view kAlways = "IMAP4rev1 IMAP4rev2 LITERAL+ SASL-IR ID ENABLE IDLE";
constexpr std::string_view kLoggedIn =
    " NAMESPACE UIDPLUS MOVE UNSELECT CHILDREN LIST-EXTENDED LIST-STATUS SPECIAL-USE "
    "CREATE-SPECIAL-USE ESEARCH SEARCHRES WITHIN STATUS=SIZE MULTIAPPEND BINARY CONDSTORE QRESYNC "
    "OBJECTID";

}  // namespace

void SessionState::enable(Feature f) {
  features_ |= static_cast<std::uint8_t>(f);
  // RFC 7162 §3.2.3: enabling QRESYNC enables CONDSTORE.
  if (f == Feature::kQResync) features_ |= static_cast<std::uint8_t>(Feature::kCondStore);
}

std::vector<std::string_view> SessionState::enable(std::span<const std::string> names) {
  std::vector<std::string_view> switched_on;
  for (const std::string& name : names) {
    for (const auto& [text, feature] : kFeatures) {
      if (name != text || !offers(feature) || has(feature)) continue;
      enable(feature);
      // RFC 9051 §7.2.1: as the capability is written.
      switched_on.push_back(feature == Feature::kImap4Rev2 ? "IMAP4rev2" : text);
    }
  }
  return switched_on;
}

NameEncoding SessionState::name_encoding() const {
  return has(Feature::kImap4Rev2) || has(Feature::kUtf8Accept) ? NameEncoding::kUtf8
                                                               : NameEncoding::kUtf7;
}

std::string SessionState::capabilities(std::span<const std::string_view> sasl) const {
  std::string out(kAlways);
  if (state_ != State::kNotAuthenticated) return out.append(kLoggedIn);
  if (may_start_tls()) out += " STARTTLS";
  // RFC 9051 §6.2.3: no LOGIN without encryption.
  if (!may_send_password()) out += " LOGINDISABLED";
  for (const std::string_view mechanism : sasl) {
    out += " AUTH=";
    out += mechanism;
  }
  return out;
}

}  // namespace hikyaku::imap
