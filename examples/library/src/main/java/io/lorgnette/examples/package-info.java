/** What a Java program does with Lorgnette as a library; each class is an example of its own. */
package io.lorgnette.examples;
