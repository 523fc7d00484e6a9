/// Completion scripts for shells, derived from the table of verbs.
struct Completion: Sendable {
  let parser: ArgumentParser

  /// A script for bash, which zsh also runs after `autoload bashcompinit; bashcompinit`.
  func bash() -> String {
    let firsts = unique(parser.verbs.map { $0.path[0] }) + ["help"]
    var cases = ""
    for first in unique(parser.verbs.filter { $0.path.count == 2 }.map { $0.path[0] }) {
      let seconds = parser.verbs.filter { $0.path.count == 2 && $0.path[0] == first }.map { $0.path[1] }
      cases += "    \(first)) words=\"\(seconds.joined(separator: " "))\" ;;\n"
    }
    var options = ""
    for verb in parser.verbs {
      let names = (verb.options + parser.global).map { "--\($0.name)" }.joined(separator: " ")
      options += "    \"\(verb.name)\") options=\"\(names)\" ;;\n"
    }
    return """
      _nuri() {
        local current="${COMP_WORDS[COMP_CWORD]}" words="" options=""
        if [ "$COMP_CWORD" -eq 1 ]; then
          COMPREPLY=($(compgen -W "\(firsts.joined(separator: " "))" -- "$current")); return
        fi
        case "${COMP_WORDS[1]}" in
      \(cases)  esac
        if [ "$COMP_CWORD" -eq 2 ] && [ -n "$words" ]; then
          COMPREPLY=($(compgen -W "$words" -- "$current")); return
        fi
        local verb="${COMP_WORDS[1]}"
        if [ -n "$words" ]; then verb="$verb ${COMP_WORDS[2]}"; fi
        case "$verb" in
      \(options)  esac
        case "$current" in
          -*) COMPREPLY=($(compgen -W "$options" -- "$current")) ;;
          *) COMPREPLY=($(compgen -f -- "$current")) ;;
        esac
      }
      complete -F _nuri nuri

      """
  }

  /// The same for zsh.
  func zsh() -> String { "autoload -U +X bashcompinit && bashcompinit\n" + bash() }

  private func unique(_ words: [String]) -> [String] {
    var seen: Set<String> = []
    return words.filter { seen.insert($0).inserted }
  }
}
