// TwinStorm
