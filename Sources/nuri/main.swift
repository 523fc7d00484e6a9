import NuriCommands

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

exit(NuriCommandLine(console: .system()).run(Array(CommandLine.arguments.dropFirst())))
