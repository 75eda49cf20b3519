// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "base/words.h"

namespace hikyaku::app {

/// Everything that quickstart says. {0}, {1} … are filled in by say().
enum class Text : unsigned char {
  // What is made
  kTitle,
  kMade,
  kKept,
  kConfiguration,
  kSystemUser,
  kDataFolder,
  kUnit,
  kDomain,
  kAccount,
  kAlias,
  kCertificate,
  kSigningKey,
  kNoteSelfSigned,
  kNoteNamesLack,
  kNoteConfigured,
  kNoteUnitDiffers,
  kNoteUnitBinary,
  kNoteHostStays,
  kPassword,
  kPasswordOnce,
  kPasswordStays,
  // The machine
  kMachine,
  kHostOk,
  kHostBad,
  kHostBadFix,
  kDnsOk,
  kDnsSilent,
  kDnsSilentFix,
  kForwardOk,
  kForwardHidden,
  kForwardHiddenFix,
  kForwardElsewhere,
  kForwardElsewhereFix,
  kForwardNone,
  kForwardNoneFix,
  kForwardUnknown,
  kReverseOk,
  kReverseOther,
  kReverseNone,
  kReverseFix,
  kReverseUnknown,
  kReverseNoAddress,
  kAgainFix,
  kOutwardsOk,
  kOutwardsBlocked,
  kOutwardsBlockedFix,
  kOutwardsUnknown,
  kPortsFree,
  kPortsOurs,
  kPortTaken,
  kPortTakenBy,
  kPortTakenFix,
  kPortsNoRight,
  kPortsNoRightFix,
  kPortFails,
  kPortFailsFix,
  kClockOk,
  kClockLoose,
  kClockWrong,
  kClockFix,
  kClockUnknown,
  kDiskOk,
  kDiskLow,
  kDiskFix,
  kDiskUnknown,
  kUserOk,
  kUserRoot,
  kUserRootFix,
  kUserMissing,
  kUserMissingFix,
  // DNS records
  kRecords,
  kWhyMx,
  kWhyAddress,
  kWhyFillIn,
  kWhyFillInIpv6,
  kWhyPtr,
  kWhySpf,
  kWhySpfHost,
  kWhyDmarc,
  kWhyDkim,
  kWhySrv,
  // Mail programs, and what is next
  kPrograms,
  kUserName,
  kNext,
  kNextPublish,
  kNextFirewall,
  kNextStartUnit,
  kNextStartCopy,
  kNextRestart,
  kNextForeground,
  kNextCertificate,
  kNextAgain,
  kEnd,  ///< none: their number
};

/// The text as it stands in the table.
[[nodiscard]] std::string_view text_of(Text text, Language language);

template <class... Values>
[[nodiscard]] std::string say(Language language, Text text, const Values&... values) {
  return fmt::format(fmt::runtime(text_of(text, language)), values...);
}

}  // namespace hikyaku::app
