// SPDX-License-Identifier: Apache-2.0
#include "app/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace hikyaku::app {
namespace {

constexpr std::size_t kFileBytesMax = 16U << 20U;

}  // namespace

Result<std::string> read_file(const std::string& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    const auto why = std::string(std::generic_category().message(errno));
    return permanent(file + ": " + why);
  }
  std::string out;
  char buffer[16384];
  for (;;) {
    const auto got = ::read(fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || out.size() > kFileBytesMax) {
      const int why = errno;
      ::close(fd);
      if (got < 0) return system_error("reading " + file, why);
      if (got > 0) return permanent(file + " is over 16 MiB; it is no file of ours");
      return out;
    }
    out.append(buffer, static_cast<std::size_t>(got));
  }
}

Result<std::vector<std::string>> read_lines(const std::string& file) {
  HK_ASSIGN(const auto text, read_file(file));
  std::vector<std::string> out;
  for (std::size_t begin = 0; begin < text.size();) {
    auto end = text.find('\n', begin);
    if (end == std::string::npos) end = text.size();
    auto line = text.substr(begin, end - begin);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    if (!line.empty() && line.front() != ';' && line.front() != '#') out.push_back(std::move(line));
    begin = end + 1;
  }
  return out;
}

Status write_file(const std::string& path, std::string_view text, mode_t mode) {
  const auto temporary = path + ".new";
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (file < 0) return system_error("writing " + temporary, errno);
  const bool written =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      ::fsync(file) == 0;
  const int why = errno;
  ::close(file);
  if (!written) return system_error("writing " + temporary, why);
  if (::rename(temporary.c_str(), path.c_str()) != 0) return system_error("writing " + path, errno);
  return {};
}

std::string own_path() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).string();
}

}  // namespace hikyaku::app
