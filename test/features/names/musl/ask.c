#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <arpa/inet.h>
int main(int count, char **names) {
  for (int i = 1; i < count; i++) {
    struct addrinfo hints, *found = 0;
    memset(&hints, 0, sizeof hints);
    hints.ai_socktype = SOCK_STREAM;
    int error = getaddrinfo(names[i], "1", &hints, &found);
    char text[64] = "-";
    if (!error) inet_ntop(AF_INET, &((struct sockaddr_in *)found->ai_addr)->sin_addr, text, sizeof text);
    printf("%s %s\n", names[i], error ? gai_strerror(error) : text);
  }
}
