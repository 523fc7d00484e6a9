// nuri, floor 9: the program.
//
// Data flow: the words a person typed → `NuriCommandLine` with the system's console → the process's exit code.
// Everything else is in NuriCommands, so that tests can run it without a process. Nobody imports this.

import NuriCommands

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

exit(NuriCommandLine(console: .system()).run(Array(CommandLine.arguments.dropFirst())))
