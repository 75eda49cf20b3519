// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "protocol/mime/structure.h"

namespace hikyaku::imap {

enum class BodyForm : unsigned char {
  kBody,           ///< without extension data
  kBodyStructure,  ///< with it
};

/// Appends the parenthesized BODY or BODYSTRUCTURE (RFC 9051 §7.5.2). The same on every connection,
/// as with append_envelope().
void append_body(std::string& out, const mime::Structure& structure, BodyForm form);

}  // namespace hikyaku::imap
