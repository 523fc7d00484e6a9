print("nuri")
