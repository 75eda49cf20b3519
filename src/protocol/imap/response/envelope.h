// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "protocol/mime/structure.h"

namespace hikyaku::imap {

/// Appends the parenthesized ENVELOPE (RFC 9051 §7.5.2). Text that is not ASCII goes as literals,
/// so the result is the same on every connection and may be kept.
void append_envelope(std::string& out, const mime::Envelope& envelope);

}  // namespace hikyaku::imap
