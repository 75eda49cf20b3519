// SPDX-License-Identifier: Apache-2.0
#pragma once

// For the files of this folder only: nobody else includes Asio. Its bodies are compiled once, in
// asio.cc.

#define BOOST_ASIO_SEPARATE_COMPILATION
#define BOOST_ASIO_NO_DEPRECATED
#define BOOST_ASIO_NO_TS_EXECUTORS

#include <boost/asio/error.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace hikyaku::net {

namespace asio = boost::asio;
using asio_error = boost::system::error_code;

}  // namespace hikyaku::net
