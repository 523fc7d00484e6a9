// Usage: nuri-fuzz TARGET [libFuzzer's options] [corpus folders or one input]
//        nuri-fuzz seeds FOLDER        writes the seed inputs that are made rather than copied
//        nuri-fuzz list                prints the targets

import CFuzzer
import Glibc

let words = CommandLine.arguments
switch words.count > 1 ? words[1] : "" {
case "list":
  for target in FuzzTarget.allCases { print(target.rawValue) }
case "seeds" where words.count == 3:
  do {
    try Seeds.write(into: words[2])
  } catch {
    print("\(error)")
    exit(1)
  }
default:
  guard words.count > 1, let target = FuzzTarget(rawValue: words[1]) else {
    print("nuri-fuzz TARGET …; targets: \(FuzzTarget.allCases.map(\.rawValue).joined(separator: " "))")
    exit(64)
  }
  FuzzTarget.chosen = target
  // libFuzzer takes the options after the target's name as its own.
  let arguments = CommandLine.unsafeArgv
  var count = CommandLine.argc - 1
  arguments[1] = arguments[0]
  var rest: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = arguments + 1
  exit(
    LLVMFuzzerRunDriver(&count, &rest) { bytes, count in
      FuzzTarget.chosen.feed(UnsafeBufferPointer(start: bytes, count: count))
      return 0
    })
}
