// SPDX-License-Identifier: Apache-2.0
#include "config/check.h"

#include <map>

#include <fmt/format.h>

#include "config/keys.h"
#include "config/units.h"

namespace hikyaku::config {
namespace {

constexpr std::size_t kSocketPathMax = 107;  // sockaddr_un(7)

Place place_at(const std::vector<Place>& places, std::size_t i) {
  return i < places.size() ? places[i] : Place{};
}

void check_listeners(const Config& config, const std::vector<Place>& places,
                     std::vector<Problem>* problems) {
  std::map<std::string, Protocol> taken;
  for (std::size_t i = 0; i < config.listeners.size(); ++i) {
    const Listener& listener = config.listeners[i];
    const auto [line, column] = place_at(places, i);
    const bool local = !listener.path.empty();
    if (local && listener.protocol != Protocol::kLmtp) {
      problems->push_back(
          {line, column, "listener.path",
           fmt::format("{} is not served on local sockets", name_of(listener.protocol)),
           "take path out, and write address and port"});
    }
    if (local && listener.path.size() > kSocketPathMax) {
      problems->push_back(
          {line, column, "listener.path",
           fmt::format("the path of a local socket has at most {} octets", kSocketPathMax),
           "take a shorter one"});
    }
    const auto where =
        local ? listener.path : fmt::format("{} port {}", listener.address, listener.port);
    const auto [other, fresh] = taken.emplace(where, listener.protocol);
    if (!fresh) {
      problems->push_back(
          {line, column, "listener",
           fmt::format("{} is taken by another listener ({})", where, name_of(other->second)),
           "give one of them another port or address"});
    }
  }
}

void check_certificates(const Config& config, const std::vector<Place>& places,
                        std::vector<Problem>* problems) {
  for (std::size_t i = 0; i < config.certificates.size(); ++i) {
    const auto [line, column] = place_at(places, i);
    if (config.certificates[i].file.empty())
      problems->push_back({line, column, "certificate.file", "it is missing",
                           "write the path of the certificate (PEM)"});
    if (config.certificates[i].key.empty())
      problems->push_back({line, column, "certificate.key", "it is missing",
                           "write the path of the certificate's private key (PEM)"});
  }
}

void check_delivery(const Delivery& delivery, std::vector<Problem>* problems) {
  if (delivery.warn_after >= delivery.give_up_after) {
    problems->push_back(
        {0, 0, "delivery.warn_after",
         fmt::format("the warning ({}) would come after the end ({})",
                     print_duration(delivery.warn_after), print_duration(delivery.give_up_after)),
         "make it shorter than delivery.give_up_after"});
  }
}

}  // namespace

void complete(Config* config) {
  if (config->listeners.empty()) config->listeners = default_listeners();
  for (Listener& listener : config->listeners) {
    if (listener.port == 0) listener.port = standard_port(listener.protocol);
  }
  if (config->control.socket.empty())
    config->control.socket = config->server.data + "/control.sock";
}

void check(const Config& config, const std::vector<Place>& listeners,
           const std::vector<Place>& certificates, std::vector<Problem>* problems) {
  if (config.server.data.empty())
    problems->push_back({0, 0, "server.data", "it is empty", "write the path of a folder"});
  if (config.control.socket.size() > kSocketPathMax)
    problems->push_back(
        {0, 0, "control.socket",
         fmt::format("the path of a local socket has at most {} octets, this one {}",
                     kSocketPathMax, config.control.socket.size()),
         "set control.socket to a shorter path, like /run/hikyaku/control.sock"});
  check_listeners(config, listeners, problems);
  check_certificates(config, certificates, problems);
  check_delivery(config.delivery, problems);
}

}  // namespace hikyaku::config
