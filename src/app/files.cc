// SPDX-License-Identifier: Apache-2.0
#include "app/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/system_words.h"

namespace hikyaku::app {
namespace {

constexpr Words kWriting{"writing {0}", "{0} の書き込み"};
constexpr std::size_t kFileBytesMax = 16U << 20U;

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto sent = ::write(file, text.data(), text.size());
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

Result<std::string> read_file(const std::string& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return permanent(told(Words{"{0}: {1}", "{0}: {1}"}, file, system_told(errno)));
  }
  std::string out;
  char buffer[16384];
  for (;;) {
    const auto got = ::read(fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || out.size() + static_cast<std::size_t>(got) > kFileBytesMax) {
      const int why = errno;
      ::close(fd);
      if (got < 0) return system_error(why, Words{"reading {0}", "{0} の読み取り"}, file);
      if (got > 0)
        return permanent(Words{"{0} is over 16 MiB; it is no file of ours",
                               "{0} は 16 MiB を超えています。hikyaku のファイルではありません"},
                         file);
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
  ::unlink(temporary.c_str());  // of a start that was cut off, with whatever mode it had
  const int file =
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  if (file < 0) return system_error(errno, kWriting, temporary);
  errno = 0;
  bool written = write_all(file, text) && ::fsync(file) == 0;
  if (::close(file) != 0) written = false;
  if (written && ::rename(temporary.c_str(), path.c_str()) == 0) return {};
  const int why = errno;
  ::unlink(temporary.c_str());
  return system_error(why, kWriting, path);
}

std::string own_path() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).string();
}

}  // namespace hikyaku::app
