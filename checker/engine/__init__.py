"""The explorers and the state graph. They know the language and its IR, never a particular protocol."""
