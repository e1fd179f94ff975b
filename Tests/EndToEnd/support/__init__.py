"""What the end-to-end tests share: the server as a process, HTTP, MQTT by hand and by paho, waiting with deadlines."""
