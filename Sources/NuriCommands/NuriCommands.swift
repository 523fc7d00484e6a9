// NuriCommands, floor 8: the verbs of the command line.
//
// Data flow: words → ArgumentParser (by the one table in VerbTable) → Invocation → a verb → the engine and the
// wings → Terminal. Help and completion come from the same table. Everything outside is a Console handed in.
//
// May be imported by `nuri` only. Keeps no state.
