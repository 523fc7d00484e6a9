// NuriCommands
