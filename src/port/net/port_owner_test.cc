// SPDX-License-Identifier: Apache-2.0
// Goal: a port that is taken is told with who has it and the command that frees it.
#include "port/net/port_owner.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "port/net/listener.h"

namespace hikyaku::net {
namespace {

struct CgroupCase {
  const char* cgroup;
  const char* unit;
};
const CgroupCase kCgroups[] = {
    {"0::/system.slice/exim4.service\n", "exim4"},
    {"0::/system.slice/system-postfix.slice/postfix@-.service\n", "postfix"},
    {"0::/system.slice/system-openvpn.slice/openvpn@office.service\n", "openvpn@office"},
    {"2:cpu:/\n1:name=systemd:/system.slice/dovecot.service\n0::/\n", "dovecot"},
    {"0::/system.slice/hikyaku.service/worker\n", "hikyaku"},
    {"0::/user.slice/user-1000.slice/user@1000.service/app.slice/mail.service\n", ""},
    {"0::/user.slice/user-0.slice/session-3.scope\n", ""},
    {"0::/system.slice/docker-1a2b.scope\n", ""},
    {"0::/\n", ""},
    {"", ""},
};

TEST(PortOwner, TheUnitIsReadFromTheControlGroup) {
  for (const auto& c : kCgroups) EXPECT_EQ(unit_in_cgroup(c.cgroup), c.unit) << c.cgroup;
}

TEST(PortOwner, HowToFreeThePort) {
  const PortOwner postfix{"master", 812, "postfix"};
  EXPECT_EQ(postfix.name().in(Language::kEnglish), "master (process 812) of postfix.service");
  EXPECT_EQ(how_to_free(postfix).in(Language::kEnglish),
            "stop it: systemctl disable --now postfix");
  EXPECT_EQ(how_to_free(PortOwner{"nc", 9, ""}).in(Language::kEnglish), "stop it: kill 9");
  EXPECT_NE(how_to_free(PortOwner{"systemd", 1, ""}).in(Language::kEnglish).find("list-sockets"),
            std::string::npos);
  EXPECT_NE(how_to_free(std::nullopt).in(Language::kJapanese).find("ss -ltnp"), std::string::npos);
}

TEST(PortOwner, ThisProcessIsFound) {
  ListenOptions options;
  options.at = Endpoint{IpAddress::v4({127, 0, 0, 1}), 0, {}};
  const auto listener = Listener::open(options);
  ASSERT_TRUE(listener);
  const auto owner = port_owner((*listener)->local().port);
  ASSERT_TRUE(owner);
  EXPECT_EQ(owner->process, static_cast<std::uint32_t>(::getpid()));
  std::string own;
  std::getline(std::ifstream("/proc/self/comm"), own);
  EXPECT_EQ(owner->program, own);

  options.at.port = (*listener)->local().port;
  const auto again = Listener::open(options);
  ASSERT_FALSE(again);
  for (const auto in : {Language::kEnglish, Language::kJapanese}) {
    EXPECT_NE(text_of(again.error(), in).find(owner->name().in(in)), std::string::npos);
    EXPECT_NE(text_of(again.error(), in).find(owner->stop_command()), std::string::npos);
  }
}

TEST(PortOwner, AFreePortIsNotOurs) {
  std::uint16_t port = 0;
  {
    ListenOptions options;
    options.at = Endpoint{IpAddress::v4({127, 0, 0, 1}), 0, {}};
    const auto listener = Listener::open(options);
    ASSERT_TRUE(listener);
    port = (*listener)->local().port;
  }
  const auto owner = port_owner(port);  // somebody else may take it meanwhile
  EXPECT_TRUE(!owner || owner->process != static_cast<std::uint32_t>(::getpid()));
}

}  // namespace
}  // namespace hikyaku::net
