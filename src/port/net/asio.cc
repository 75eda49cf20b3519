// SPDX-License-Identifier: Apache-2.0
#include "port/net/asio.h"

#include <boost/asio/impl/src.hpp>
