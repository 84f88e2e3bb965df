/* The data files that are built in (see meson.build), each a zero-terminated JSON text. */
#pragma once

extern const char data_roles[];
extern const char data_stacks[];
extern const char data_deployed_windows[];
extern const char data_deployed_linux[];
extern const char data_directory[];
extern const char data_app_roles[];
