// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "config/config.h"
#include "port/crypto/tls.h"

namespace hikyaku::app {

/// The certificate files that the configuration names; when it names none, a self-signed one in the
/// data folder (tls/self-signed.pem), made now if it is not there: TLS works from the first start.
Result<std::vector<crypto::CertificateFiles>> certificate_files(const config::Config& config,
                                                                UnixTime now);

/// Makes the self-signed certificate with key (mode 0600) unless it is there; returns its files.
Result<crypto::CertificateFiles> self_signed_files(const std::string& data,
                                                   const std::vector<std::string>& names,
                                                   UnixTime now);

/// server.hostname, or the machine's name.
[[nodiscard]] std::string host_name(const config::Config& config);

}  // namespace hikyaku::app
