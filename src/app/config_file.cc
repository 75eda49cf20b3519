// SPDX-License-Identifier: Apache-2.0
#include "app/config_file.h"

#include <filesystem>

#include "app/files.h"
#include "config/read.h"

namespace hikyaku::app {
Result<config::Config> load_config(const std::string& file) {
  HK_ASSIGN(const auto text, read_file(file));
  std::error_code error;
  const auto folder = std::filesystem::absolute(file, error).parent_path().string();
  auto config = config::read(text, folder);
  if (config) return *std::move(config);
  std::string all;
  for (const auto& problem : config.error()) {
    if (!all.empty()) all += '\n';
    all += config::text_of(problem, file);
  }
  return permanent(all);
}

}  // namespace hikyaku::app
