// The load: connections that each ask, wait for the whole answer, and ask again. In C, so that the server is what is slow.
//
//   load ADDRESS CONNECTIONS SECONDS RATE persistent|single END PREFIX <requests
//
// ADDRESS is the path of a unix socket or a port of 127.0.0.1. RATE is in requests a second; 0 means as fast as the
// answers come. SECONDS 0: each request is asked once. With a rate, latency counts from when a request was due, so that a stall costs all who had to wait for it.
// `single` takes a connection for each request, shuts down its writing side behind it and reads to the end, as Exim does;
// else an answer ends with END. Requests stand in the input one after the other, each ended by a NUL byte; they are asked
// in their order, and then from the start again. Every answer must begin with PREFIX. Printed as JSON: answers, seconds, and
// the latencies in microseconds.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define MOST_CONNECTIONS 1024
#define MOST_ANSWER 4096
// A latency is counted in steps of a 32nd of its power of two: never more than 3% off.
#define LOG_STEPS 5
#define STEPS (1 << LOG_STEPS)
#define SLOTS (40 * STEPS)

struct connection {
  int fd;
  long due; // nanoseconds; when the request in hand was or is to be sent
  int asked;
  int length;
  char answer[MOST_ANSWER];
};

static struct connection connections[MOST_CONNECTIONS];
static const char **requests;
static int *lengths;
static long request_count, next_request;
static union {
  struct sockaddr any;
  struct sockaddr_un local;
  struct sockaddr_in inet;
} address;
static socklen_t address_length;
static int single, epoll;
static const char *answer_end, *prefix;
static long slots[SLOTS], answered, slowest;

static void die(const char *what) {
  fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
  exit(1);
}

static long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000L + t.tv_nsec;
}

static int slot_of(long microseconds) {
  if (microseconds < STEPS) return microseconds < 0 ? 0 : (int)microseconds;
  int power = 63 - __builtin_clzl(microseconds);
  int slot = (power - LOG_STEPS + 1) * STEPS + (int)((microseconds >> (power - LOG_STEPS)) & (STEPS - 1));
  return slot < SLOTS ? slot : SLOTS - 1;
}

static long value_of(int slot) {
  if (slot < STEPS) return slot;
  int power = slot / STEPS + LOG_STEPS - 1;
  return (1L << power) + ((long)(slot % STEPS + 1) << (power - LOG_STEPS)) - 1;
}

static long percentile(double part) {
  long wanted = (long)((double)answered * part), seen = 0;
  for (int slot = 0; slot < SLOTS; slot++) {
    seen += slots[slot];
    if (seen > wanted) return value_of(slot) < slowest ? value_of(slot) : slowest;
  }
  return slowest;
}

static void read_requests(void) {
  size_t size = 0, room = 1 << 20;
  char *text = malloc(room);
  for (ssize_t got; (got = read(0, text + size, room - size)) != 0; size += got) {
    if (got < 0) die("requests");
    if (size + got == room) text = realloc(text, room *= 2);
  }
  for (size_t i = 0; i < size; i++) request_count += text[i] == 0;
  if (request_count == 0) die("no requests");
  requests = malloc(request_count * sizeof *requests);
  lengths = malloc(request_count * sizeof *lengths);
  char *at = text;
  for (long i = 0; i < request_count; i++) {
    requests[i] = at;
    lengths[i] = (int)strlen(at);
    at += lengths[i] + 1;
  }
}

static void parse_address(const char *text) {
  if (strspn(text, "0123456789") == strlen(text)) {
    address.inet.sin_family = AF_INET;
    address.inet.sin_port = htons((unsigned short)atoi(text));
    address.inet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address_length = sizeof address.inet;
  } else {
    address.local.sun_family = AF_UNIX;
    strncpy(address.local.sun_path, text, sizeof address.local.sun_path - 1);
    address_length = sizeof address.local;
  }
}

static void open_connection(struct connection *c) {
  c->fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  // A full backlog makes a unix socket's connect wait: that is part of what a client sees.
  if (c->fd < 0 || connect(c->fd, &address.any, address_length) < 0) die("connect");
  fcntl(c->fd, F_SETFL, O_NONBLOCK);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event) < 0) die("epoll");
}

static void ask(struct connection *c) {
  long request = next_request++ % request_count;
  if (single) open_connection(c);
  if (write(c->fd, requests[request], lengths[request]) != lengths[request]) die("write");
  if (single) shutdown(c->fd, SHUT_WR);
  c->asked = 1;
  c->length = 0;
}

static void count(struct connection *c) {
  if (strncmp(c->answer, prefix, strlen(prefix)) != 0) {
    fprintf(stderr, "load: answered %.*s\n", c->length, c->answer);
    exit(1);
  }
  long latency = (now() - c->due) / 1000;
  slots[slot_of(latency)]++;
  answered++;
  if (latency > slowest) slowest = latency;
  c->asked = 0;
  if (single) close(c->fd);
}

/** Reads what is there; returns whether the answer is complete. */
static int complete(struct connection *c) {
  ssize_t got = read(c->fd, c->answer + c->length, MOST_ANSWER - 1 - c->length);
  if (got < 0 && errno != EAGAIN) die("read");
  if (got > 0) c->length += (int)got;
  c->answer[c->length] = 0;
  if (got == 0 && !single) die("connection closed");
  int end = (int)strlen(answer_end);
  return single ? got == 0 : c->length >= end && strcmp(c->answer + c->length - end, answer_end) == 0;
}

int main(int argc, char **argv) {
  if (argc != 8) {
    fprintf(stderr, "load ADDRESS CONNECTIONS SECONDS RATE persistent|single END PREFIX <requests\n");
    return 2;
  }
  parse_address(argv[1]);
  int count_of = atoi(argv[2]);
  if (count_of < 1 || count_of > MOST_CONNECTIONS) die("connections");
  double seconds = atof(argv[3]), rate = atof(argv[4]);
  single = strcmp(argv[5], "single") == 0;
  answer_end = argv[6];
  prefix = argv[7];
  read_requests();
  epoll = epoll_create1(EPOLL_CLOEXEC);
  int once = seconds == 0;
  long started = now(), end = started + (long)((once ? 3600 : seconds) * 1e9), gap = rate > 0 ? (long)(1e9 * count_of / rate) : 0;
  for (int i = 0; i < count_of; i++) {
    struct connection *c = &connections[i];
    if (!single) open_connection(c);
    c->due = started + (gap > 0 ? gap / count_of * i : 0);
  }
  int open = count_of;
  while (open > 0) {
    // Without a rate everybody who has an answer asks at once; else when it is due.
    long next = -1, time = now();
    for (int i = 0; i < count_of; i++) {
      struct connection *c = &connections[i];
      if (c->asked || c->due < 0) continue;
      if (gap == 0) c->due = time;
      if (c->due >= end || time >= end || (once && next_request >= request_count)) {
        c->due = -1;
        open--;
      } else if (c->due <= time) ask(c);
      else if (next < 0 || c->due < next) next = c->due;
    }
    struct epoll_event events[64];
    struct timespec wait = {0, next < 0 ? 100000000L : next > time ? (next - time) % 1000000000L : 0};
    int ready = epoll_pwait2(epoll, events, 64, &wait, NULL);
    for (int i = 0; i < ready; i++) {
      struct connection *c = events[i].data.ptr;
      if (!complete(c)) continue;
      count(c);
      if (gap > 0) c->due += gap;
    }
  }
  printf("{\"answers\":%ld,\"seconds\":%.3f,\"p50\":%ld,\"p99\":%ld,\"p999\":%ld,\"max\":%ld}\n", answered,
         (double)(now() - started) / 1e9, percentile(0.5), percentile(0.99), percentile(0.999), slowest);
  return 0;
}
