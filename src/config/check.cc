// SPDX-License-Identifier: Apache-2.0
#include "config/check.h"

#include <map>

#include "config/keys.h"
#include "config/units.h"

namespace hikyaku::config {
namespace {

constexpr std::size_t kSocketPathMax = 107;  // sockaddr_un(7)
constexpr Words kMissing = {"it is missing", "指定がありません"};

Place place_at(const std::vector<Place>& places, std::size_t i) {
  return i < places.size() ? places[i] : Place{};
}

void check_listeners(const Config& config, const std::vector<Place>& places,
                     std::vector<Problem>* problems) {
  std::map<std::string, Protocol> taken;  // by place, in English
  for (std::size_t i = 0; i < config.listeners.size(); ++i) {
    const Listener& listener = config.listeners[i];
    const auto [line, column] = place_at(places, i);
    const bool local = !listener.path.empty();
    if (local && listener.protocol != Protocol::kLmtp) {
      problems->push_back(
          {line, column, "listener.path",
           told({"{0} is not served on local sockets", "{0} はローカルソケットでは使えません"},
                name_of(listener.protocol)),
           told({"take path out, and write address and port",
                 "path を削除し、address と port を書いてください"})});
    }
    if (local && listener.path.size() > kSocketPathMax) {
      problems->push_back({line, column, "listener.path",
                           told({"the path of a local socket has at most {0} octets",
                                 "ローカルソケットのパスは {0} オクテットまでです"},
                                kSocketPathMax),
                           told({"take a shorter one", "短いパスにしてください"})});
    }
    const auto where =
        local ? verbatim(listener.path)
              : told({"{0} port {1}", "{0} のポート {1}"}, listener.address, listener.port);
    const auto [other, fresh] = taken.emplace(where.in(Language::kEnglish), listener.protocol);
    if (!fresh) {
      problems->push_back({line, column, "listener",
                           told({"{0} is taken by another listener ({1})",
                                 "{0} は別の listener ({1}) が使っています"},
                                where, name_of(other->second)),
                           told({"give one of them another port or address",
                                 "どちらかのポートかアドレスを変えてください"})});
    }
  }
}

void check_certificates(const Config& config, const std::vector<Place>& places,
                        std::vector<Problem>* problems) {
  for (std::size_t i = 0; i < config.certificates.size(); ++i) {
    const auto [line, column] = place_at(places, i);
    if (config.certificates[i].file.empty())
      problems->push_back({line, column, "certificate.file", told(kMissing),
                           told({"write the path of the certificate (PEM)",
                                 "証明書 (PEM) のパスを書いてください"})});
    if (config.certificates[i].key.empty())
      problems->push_back({line, column, "certificate.key", told(kMissing),
                           told({"write the path of the certificate's private key (PEM)",
                                 "証明書の秘密鍵 (PEM) のパスを書いてください"})});
  }
}

void check_delivery(const Delivery& delivery, std::vector<Problem>* problems) {
  if (delivery.warn_after >= delivery.give_up_after) {
    problems->push_back(
        {0, 0, "delivery.warn_after",
         told({"the warning ({0}) would come after the end ({1})",
               "警告 ({0}) が配送の打ち切り ({1}) より後になります"},
              print_duration(delivery.warn_after), print_duration(delivery.give_up_after)),
         told({"make it shorter than delivery.give_up_after",
               "delivery.give_up_after より短くしてください"})});
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
    problems->push_back({0, 0, "server.data", told({"it is empty", "空です"}),
                         told({"write the path of a folder", "フォルダーのパスを書いてください"})});
  if (config.control.socket.size() > kSocketPathMax)
    problems->push_back(
        {0, 0, "control.socket",
         told({"the path of a local socket has at most {0} octets, this one {1}",
               "ローカルソケットのパスは {0} オクテットまでですが、これは {1} オクテットです"},
              kSocketPathMax, config.control.socket.size()),
         told({"set control.socket to a shorter path, like /run/hikyaku/control.sock",
               "control.socket を /run/hikyaku/control.sock のような短いパスにしてください"})});
  check_listeners(config, listeners, problems);
  check_certificates(config, certificates, problems);
  check_delivery(config.delivery, problems);
}

}  // namespace hikyaku::config
